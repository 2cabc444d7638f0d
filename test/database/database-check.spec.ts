import { Client } from 'pg';
import { runMigrations } from '../../launcher/migrations';
import { checkDatabase } from '../../runtime/database/database-check';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { startExtraReplica } from '../support/processes/extra-replica';
import { System } from '../support/system';

describe('the check of the database at the start of a process', () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new Client(database.url);
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('accepts a migrated database', async () => {
    await expect(check(client)).resolves.toBeUndefined();
  });

  it.each(['ENABLE TRIGGER ALL', 'DISABLE TRIGGER USER', 'ENABLE REPLICA TRIGGER jwks_changed'])(
    'refuses a table after %s, and accepts it after the migrations ran again',
    async (change) => {
      await client.query(`ALTER TABLE jwks ${change}`);
      await expect(check(client)).rejects.toThrow(/not enabled as ALWAYS: .*jwks_changed of jwks/);
      await runMigrations(database.url);
      await expect(check(client)).resolves.toBeUndefined();
    },
  );

  it('refuses an encoding other than UTF-8', async () => {
    const name = `${new URL(database.url).pathname.slice(1)}_ascii`;
    await client.query(`CREATE DATABASE "${name}" ENCODING SQL_ASCII LC_COLLATE 'C' LC_CTYPE 'C'
      ${await plainLocale(client)} TEMPLATE template0`);
    const other = new Client(database.url.replace(/[^/]+$/, name));
    await other.connect();
    await expect(check(other)).rejects.toThrow('The encoding of the database is SQL_ASCII');
    await other.end();
    await client.query(`DROP DATABASE "${name}"`);
  });
});

describe('a restore that left ordinary triggers behind', () => {
  it('keeps both processes from starting', async () => {
    const system = await System.start();
    await system.query('ALTER TABLE "session" ENABLE TRIGGER ALL');
    await system.stopAuthServer();
    await expect(system.startAuthServer()).rejects.toThrow('not enabled as ALWAYS');
    await expect(startExtraReplica(system.settings)).rejects.toThrow('not enabled as ALWAYS');
    await system.stop();
  });
});

function check(client: Client): Promise<void> {
  return checkDatabase(async (sql) => (await client.query<object>(sql)).rows);
}

/** ICU and the built-in provider know no SQL_ASCII; before PostgreSQL 15 there is no choice. */
async function plainLocale(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  return rows[0]!.version >= 150_000 ? 'LOCALE_PROVIDER libc' : '';
}
