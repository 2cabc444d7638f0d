import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';

const PAUSE_MS = 60_000;

/** Key of the advisory lock; any number, the same for ever and in every replica. */
const LOCK_KEY = 7319045561221;

/** Whoever does not get the lock leaves the work to whoever has it. */
const REMOVE_EXPIRED = `
  WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1) AS mine),
       old AS (SELECT id FROM idempotency_key, turn WHERE mine AND expires_at <= now() LIMIT 10000)
  DELETE FROM idempotency_key USING old
   WHERE idempotency_key.id = old.id AND idempotency_key.expires_at <= now()`;

/** Removes the answers that nobody can ask for any more. One replica at a time does. */
@Injectable()
export class IdempotencyCleanup implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Idempotency');
  private timer: NodeJS.Timeout | undefined;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      // What is not removed now is removed next time.
      this.removeExpired().catch(({ message }: Error) => this.logger.warn(message));
    }, PAUSE_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @returns how many keys were removed. */
  async removeExpired(): Promise<number> {
    // Of a DELETE, the driver also tells how many rows it took.
    const [, count] = await this.dataSource.query<[object[], number]>(REMOVE_EXPIRED, [LOCK_KEY]);
    return count;
  }
}
