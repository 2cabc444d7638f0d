import { Client } from 'pg';

const CHANNEL = 'gatehouse_access';
const FENCE = 'gatehouse_test_fence';

/** Records a database's notifications, and changes the database by another connection. */
export class NotificationRecorder {
  private readonly received: string[] = [];
  private onFence: ((number: string) => void) | null = null;
  private fences = 0;

  private constructor(
    private readonly listening: Client,
    /** For changes: the owner of the database. */
    readonly sql: Client,
    private readonly fencing: Client,
  ) {
    listening.on('notification', ({ channel, payload = '' }) => {
      if (channel === FENCE) this.onFence?.(payload);
      else this.received.push(payload);
    });
  }

  static async on(url: string): Promise<NotificationRecorder> {
    const [listening, sql, fencing] = [new Client(url), new Client(url), new Client(url)];
    await Promise.all([listening.connect(), sql.connect(), fencing.connect()]);
    await listening.query(`LISTEN ${CHANNEL}; LISTEN ${FENCE}`);
    return new NotificationRecorder(listening, sql, fencing);
  }

  async close(): Promise<void> {
    await Promise.all([this.listening.end(), this.sql.end(), this.fencing.end()]);
  }

  /**
   * The notifications until the end of `act`. PostgreSQL delivers in commit order, so a
   * notification that is sent afterwards arrives after all of them.
   */
  async during(act: () => Promise<unknown>): Promise<unknown[]> {
    await this.fence();
    this.received.length = 0;
    await act();
    await this.fence();
    return this.received.map((payload) => JSON.parse(payload) as unknown);
  }

  /** Like {@link during}, for statements in separate transactions. */
  announcedBy(...statements: string[]): Promise<unknown[]> {
    return this.during(async () => {
      for (const statement of statements) await this.sql.query(statement);
    });
  }

  /** Like {@link during}, for statements in one transaction. */
  announcedTogether(...statements: string[]): Promise<unknown[]> {
    return this.announcedBy('BEGIN', ...statements, 'COMMIT');
  }

  private async fence(): Promise<void> {
    const number = String((this.fences += 1));
    const passed = new Promise<void>((resolve) => {
      this.onFence = (payload) => {
        if (payload === number) resolve();
      };
    });
    await this.fencing.query('SELECT pg_notify($1, $2)', [FENCE, number]);
    await passed;
  }
}
