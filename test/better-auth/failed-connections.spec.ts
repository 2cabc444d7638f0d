import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { TcpProxy } from '../support/servers/tcp-proxy';
import { DatabasePool } from '../../runtime/database/database-pool';
import { recallOutage, runInDatabaseScope } from '../../runtime/database/database-scope';

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
