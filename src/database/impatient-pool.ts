import { Client, Pool, type PoolConfig } from 'pg';

/** What `pg` says when `query_timeout` is over. */
const TIMEOUT_MESSAGE = 'Query read timeout';

/**
 * Connections of which none is kept that may lead nowhere.
 *
 * After a network failure that nobody was told of (a half-open connection), `pg` alone gives
 * a connection that did not answer back to the pool, where the next query waits behind the
 * lost one, and every other idle connection costs one more caller the whole wait. Here the
 * first silence ends that connection and all that are idle: what follows connects anew.
 */
export class ImpatientPool extends Pool {
  constructor(config: PoolConfig) {
    super({ ...config, Client: ImpatientClient });
    this.on('connect', (client) => {
      if (client instanceof ImpatientClient) client.onSilence = () => this.dropIdle();
    });
  }

  private dropIdle(): void {
    for (let count = this.idleCount; count > 0; count -= 1) {
      this.connect().then(
        (client) => client.release(true),
        () => {},
      );
    }
  }
}

class ImpatientClient extends Client {
  onSilence = () => {};

  /** Stands for all of `pg`'s overloads: parameters and result are its own. */
  override query(...parameters: unknown[]): never {
    const result: unknown = super.query(...(parameters as [string]));
    if (result instanceof Promise) result.catch((error: Error) => this.endIfSilent(error));
    return result as never;
  }

  private endIfSilent({ message }: Error): void {
    if (message !== TIMEOUT_MESSAGE) return;
    // With a query under way this closes the socket at once; the pool then lets go of it.
    void this.end();
    this.onSilence();
  }
}
