import { Pool } from 'pg';
import { eventually } from '../eventually';

/** What another writer does while a request waits for it. */
export interface OtherWriter {
  /** The statement that the request waits for. */
  lock: string;
  /** Runs while the request waits, in the same transaction. Default: none. */
  change?: string;
}

/**
 * Connections of the owner of a database, for the statements of a test. A connection for each
 * statement would take more time than most statements.
 */
export class SqlConnections {
  private readonly pool: Pool;

  constructor(connectionString: string) {
    this.pool = new Pool({ connectionString });
    // A connection that a test ends is replaced, also one that carries a statement at that moment.
    this.pool.on('error', () => {});
    this.pool.on('connect', (client) => client.on('error', () => {}));
  }

  async query<Row extends object>(sql: string, parameters: unknown[]): Promise<Row[]> {
    const client = await this.pool.connect();
    let hasFailed = true;
    try {
      const { rows } = await client.query<Row>(sql, parameters);
      hasFailed = false;
      return rows;
    } finally {
      // A failed statement can leave a transaction behind.
      client.release(hasFailed);
    }
  }

  /** Commits the other writer's transaction while the request waits for it. @returns the answer. */
  async during<Answer>(
    { lock, change = '' }: OtherWriter,
    request: () => Promise<Answer>,
  ): Promise<Answer> {
    const client = await this.pool.connect();
    try {
      await client.query(`BEGIN; ${lock}`);
      const answering = request();
      await eventually(() => this.assertOneWaits());
      await client.query(`${change}; COMMIT`);
      return await answering;
    } finally {
      client.release(true);
    }
  }

  private async assertOneWaits(): Promise<void> {
    const waiting = await this.query(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      [],
    );
    if (waiting.length !== 1) throw new Error(`${waiting.length} statements wait for a lock`);
  }

  async end(): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
  }
}
