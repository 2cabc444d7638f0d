import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

/** Users of each writer: transactions of different writers never wait for each other. */
const USERS_PER_WRITER = 8;

/** One transaction of so many stays open for seconds. */
const LONG_ONE_OF = 25;
const ROLLED_BACK_ONE_OF = 4;

export interface WriterOptions {
  url: string;
  writers: number;
  /** Events that have to be committed, by all writers together. */
  events: number;
}

/** Changes bans in transactions of random length, some of which are rolled back. */
export class EventWriters {
  /** Events whose commit was acknowledged. */
  committed = 0;

  constructor(private readonly options: WriterOptions) {}

  async run(): Promise<void> {
    const { writers, url } = this.options;
    await withClient(url, (client) =>
      client.query(
        `INSERT INTO "user" (id, name, email, email_verified)
         SELECT 'chaos-' || n, 'Chaos', 'chaos-' || n || '@example.com', true
           FROM generate_series(0, $1::int - 1) AS n`,
        [writers * USERS_PER_WRITER],
      ),
    );
    await Promise.all(Array.from({ length: writers }, (_, index) => this.write(index)));
  }

  get isDone(): boolean {
    return this.committed >= this.options.events;
  }

  /** Connects again after each restart of the database. */
  private async write(index: number): Promise<void> {
    while (!this.isDone) {
      await withClient(this.options.url, async (client) => {
        while (!this.isDone) await this.runTransaction(client, index);
      }).catch(() => pause(50));
    }
  }

  private async runTransaction(client: Client, writer: number): Promise<void> {
    const first = writer * USERS_PER_WRITER;
    const users = Array.from({ length: randomInt(1, 5) }, (_, n) => `chaos-${first + n}`);
    await client.query('BEGIN');
    for (const id of users) {
      await client.query('UPDATE "user" SET banned = NOT banned WHERE id = $1', [id]);
      await pause(randomInt(0, 10));
    }
    if (randomInt(LONG_ONE_OF) === 0) await pause(randomInt(1_000, 4_000));
    const isKept = randomInt(ROLLED_BACK_ONE_OF) !== 0;
    await client.query(isKept ? 'COMMIT' : 'ROLLBACK');
    if (isKept) this.committed += users.length;
  }
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
