import { Client } from 'pg';
import { readBasis } from '../../auth-server/common/basis';
import { RestartablePostgres } from '../support/servers/restartable-postgres';

let postgres: RestartablePostgres;

beforeAll(async () => {
  postgres = await RestartablePostgres.start();
  await withClient(async (client) => {
    // Nothing writes the log to the disk before the crash.
    await client.query(`ALTER SYSTEM SET wal_writer_delay = '10s'`);
    await client.query(`INSERT INTO "user" (id, name, email) VALUES ('u', 'U', 'u@example.com')`);
    await client.query(
      `INSERT INTO account (id, user_id, account_id, provider_id, password)
       VALUES ('a', 'u', 'u', 'credential', 'old')`,
    );
  });
  await postgres.restart('fast');
});

afterAll(() => postgres.stop());

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(postgres.url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('a sign-in during which PostgreSQL crashes', () => {
  it('begins no session after the password has changed', async () => {
    const basis = await withClient(async (client) => {
      // Their numbers are given out again after the crash.
      for (let left = 200; left > 0; left -= 1) {
        await client.query('BEGIN; SELECT pg_current_xact_id(); ROLLBACK');
      }
      return readBasis(client);
    });
    await postgres.restart('immediate');
    await withClient(async (client) => {
      await client.query(`UPDATE account SET password = 'new' WHERE id = 'a'`);
      const insertion = client.query(
        `INSERT INTO session (id, user_id, token, expires_at, basis)
         VALUES ('s', 'u', 't', now() + interval '1 hour', $1)`,
        [basis],
      );
      await expect(insertion).rejects.toMatchObject({ code: 'GH001' });
    });
  });
});
