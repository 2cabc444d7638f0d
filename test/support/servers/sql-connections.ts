import { Pool } from 'pg';

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

  async end(): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
  }
}
