import { Client } from 'pg';
import { RestartablePostgres } from '../support/servers/restartable-postgres';

let postgres: RestartablePostgres;

beforeAll(async () => {
  postgres = await RestartablePostgres.start();
  await run(
    `ALTER SYSTEM SET synchronous_commit = off`,
    // Nothing else writes a commit to the disk before the crash.
    `ALTER SYSTEM SET wal_writer_delay = '10s'`,
    `INSERT INTO "user" (id, name, email)
     SELECT n, 'U', n || '@example.com' FROM generate_series(1, 1002) AS n`,
    `INSERT INTO session (id, user_id, token, expires_at)
     VALUES ('s', '2', 't', now() + interval '1 hour')`,
  );
  // With the settings. It keeps what was written.
  await postgres.restart('fast');
});

afterAll(() => postgres.stop());

async function run(...statements: string[]): Promise<number | null> {
  const client = new Client(postgres.url);
  await client.connect();
  try {
    let count: number | null = null;
    for (const statement of statements) count = (await client.query(statement)).rowCount;
    return count;
  } finally {
    await client.end();
  }
}

describe('where commits do not wait for the disk, a crash of PostgreSQL does not lose', () => {
  it.each([
    [
      'a ban',
      `UPDATE "user" SET banned = true WHERE id = '1'`,
      `SELECT FROM "user" WHERE id = '1' AND NOT banned`,
    ],
    ['the end of a session', 'DELETE FROM session', 'SELECT FROM session'],
    [
      'bans that are one event together',
      'UPDATE "user" SET banned = true',
      'SELECT FROM "user" WHERE NOT banned',
    ],
  ])('%s', async (_name, change, findAccess) => {
    expect(await run(findAccess)).toBeGreaterThan(0);
    await run(change);
    await postgres.restart('immediate');
    expect(await run(findAccess)).toBe(0);
  });
});
