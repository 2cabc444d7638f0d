import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { TcpProxy } from '../support/servers/tcp-proxy';
import { isDatabaseUnavailable, REQUEST_IS_OVER } from '../../runtime/database/database-errors';
import { DatabasePool } from '../../runtime/database/database-pool';
import {
  recallOutage,
  runInDatabaseScope,
  timeLeftInScope,
} from '../../runtime/database/database-scope';

let database: TestDatabase;
let link: TcpProxy;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  link = await TcpProxy.before(database.url);
  pool = new DatabasePool({ connectionString: link.via(database.url), max: 1 });
});

afterAll(async () => {
  await pool.end();
  await link.cut();
  await database.drop();
});

it('a connection that cannot be opened fails the request that waits for it, not another one', async () => {
  const outages = await runInDatabaseScope(async () => {
    const client = await pool.connect();
    const waiting = runInDatabaseScope(async () => {
      await pool.query('SELECT 1').catch(() => {});
      return recallOutage();
    });
    await link.cut();
    // The pool opens another connection, for the request that waits.
    client.release(true);
    const ofWaiting = await waiting;
    return { ofWaiting: ofWaiting !== null, own: recallOutage() !== null };
  });
  expect(outages).toEqual({ ofWaiting: true, own: false });
});

describe('the time of a request', () => {
  let direct: Pool;

  beforeEach(() => {
    direct = new DatabasePool({ connectionString: database.url, max: 2, isDirect: true });
  });

  afterEach(() => direct.end());

  /** A request that is over after the time in milliseconds. */
  function within<T>(limitMs: number, work: () => Promise<T>, isAnswered = () => false) {
    return runInDatabaseScope(() => work().catch((error: unknown) => error), {
      limitMs,
      isAnswered,
    });
  }

  async function untilOver(): Promise<void> {
    while (timeLeftInScope() > 0) await sleep(10);
  }

  it('ends the wait for a statement and the statement, and other connections stay', async () => {
    await Promise.all([direct.query('SELECT pg_sleep(0.1)'), direct.query('SELECT pg_sleep(0.1)')]);
    const statement = 'SELECT pg_sleep(60)';
    // PostgreSQL would end it too, later, and say so.
    const error = await within(500, () => direct.query(statement));
    expect(error).toMatchObject({ message: 'Query read timeout' });
    expect(direct.totalCount).toBe(1);
    await eventually(async () => {
      const { rows } = await direct.query(
        `SELECT FROM pg_stat_activity WHERE query = $1 AND state = 'active'`,
        [statement],
      );
      expect(rows).toHaveLength(0);
    });
  });

  it('ends the wait for a connection, which is given back when it comes', async () => {
    const clients = [await direct.connect(), await direct.connect()];
    const error = await within(50, () => direct.query('SELECT 1'));
    expect(error).toMatchObject({ message: REQUEST_IS_OVER });
    for (const client of clients) client.release();
    await eventually(() => expect(direct.idleCount).toBe(2));
  });

  it('leaves no time for another statement when it is over', async () => {
    const error = await within(1, async () => {
      await untilOver();
      return direct.query('SELECT 1');
    });
    expect(error).toMatchObject({ message: REQUEST_IS_OVER });
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(direct.totalCount).toBe(0);
  });

  it('leaves the time to end a transaction that has begun', async () => {
    const outcome = await within(1_000, async () => {
      const client = await direct.connect();
      await client.query('BEGIN');
      await client.query('UPDATE readiness_probe SET written_at = now()');
      await untilOver();
      await client.query('COMMIT');
      client.release();
      return 'committed';
    });
    expect(outcome).toBe('committed');
    expect(direct.idleCount).toBe(1);
  });

  it('is no limit after the answer', async () => {
    let isAnswered = false;
    const work = async () => {
      await untilOver();
      isAnswered = true;
      return direct.query('SELECT 1');
    };
    expect(await within(1, work, () => isAnswered)).toMatchObject({ rowCount: 1 });
  });
});
