import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { interleavings, runInterleaved } from './interleavings';
import { NotificationRecorder } from '../live-access/notification-recorder';

let database: TestDatabase;
let clients: Client[];
let sql: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  clients = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = new Client({ connectionString: database.url, statement_timeout: 10_000 });
      await client.connect();
      return client;
    }),
  );
  sql = clients[0]!;
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await database.drop();
});

afterEach(() => Promise.all(clients.map((client) => client.query('ROLLBACK'))));

beforeEach(async () => {
  await sql.query('DELETE FROM "user"; DELETE FROM verification');
  await sql.query(`INSERT INTO "user" (id, name, email) VALUES ('u', 'U', 'u@example.com')`);
});

/** Tables, the row that is inserted for the number `$1`, and how many a user has at most. */
const SESSION = `INSERT INTO session (id, user_id, token, expires_at, updated_at)
  VALUES ('s' || $1, 'u', 's' || $1, now() + '1 day', now() + $1 * interval '1 minute')`;
const PASSKEY = `INSERT INTO passkey (id, user_id, public_key, credential_id, counter, device_type, backed_up)
  VALUES ('p' || $1, 'u', 'k', 'p' || $1, 0, 'singleDevice', false)`;
const ACCOUNT = `INSERT INTO account (id, user_id, account_id, provider_id)
  VALUES ('a' || $1, 'u', 'a' || $1, 'google')`;
const RESET = proof('reset-password:');
const DEVICE = proof('trust-device-');

function proof(kind: string): string {
  return `INSERT INTO verification (id, identifier, value, expires_at)
    VALUES ('${kind}' || $1, '${kind}' || $1, 'u', now() + interval '1 hour' + $1 * interval '1 minute')`;
}

const insert = (client: Client, statement: string, number: number) =>
  client.query(statement.replaceAll('$1', String(number)));

async function count(table: string): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
  return rows[0]!.count;
}

/** Four connections insert at once. @returns the SQLSTATEs of refused rows. */
async function insertMany(statement: string, from: number, to: number): Promise<string[]> {
  const refused: string[] = [];
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  await Promise.all(
    clients.map(async (client) => {
      for (let next = numbers.shift(); next !== undefined; next = numbers.shift()) {
        await insert(client, statement, next).catch(({ code }: { code: string }) =>
          refused.push(code),
        );
      }
    }),
  );
  return refused;
}

describe('a row beyond the bound of its user', () => {
  it.each([
    ['sessions', SESSION, 'session', 100],
    ['links to set a password', RESET, 'verification', 10],
    ['trusted devices', DEVICE, 'verification', 50],
  ])('replaces the oldest: %s', async (_title, statement, table, most) => {
    await insertMany(statement, 1, most - 3);
    await insertMany(statement, most - 3, most + 8);
    await expect(count(table)).resolves.toBe(most);
    await insert(sql, statement, most + 100);
    await expect(count(`${table} WHERE id LIKE '%${most + 100}'`)).resolves.toBe(1);
    await expect(count(`${table} WHERE id ~ '[^0-9]1$'`)).resolves.toBe(0);
  });

  it.each([
    ['sessions', SESSION, 'session', 100],
    ['links to set a password', RESET, 'verification', 10],
    ['trusted devices', DEVICE, 'verification', 50],
  ])(
    'replaces one row when the table has grown since its statistics: %s',
    async (_title, statement, table, most) => {
      await insert(sql, statement, 0);
      await sql.query(`ANALYZE ${table}; DELETE FROM ${table}`);
      await insertMany(statement, 1, most + 1);
      await insert(sql, statement, most + 1);
      await expect(count(table)).resolves.toBe(most);
      await expect(count(`${table} WHERE id ~ '[^0-9]1$'`)).resolves.toBe(0);
    },
  );

  it.each([
    ['passkeys', PASSKEY, 'passkey'],
    ['accounts', ACCOUNT, 'account'],
  ])('is refused: %s', async (_title, statement, table) => {
    await expect(insertMany(statement, 0, 54)).resolves.toEqual(Array(4).fill('GH005'));
    await expect(count(table)).resolves.toBe(50);
  });

  it('ends the grant of a client that has 10,000 refresh tokens', async () => {
    await insert(sql, SESSION, 1);
    await sql.query(`INSERT INTO oauth_client (id, client_id, redirect_uris) VALUES ('c', 'c', '[]');
      INSERT INTO oauth_grant (session_id, client_id) VALUES ('s1', 'c')`);
    const tokens = (from: number, to: number) =>
      sql.query(`INSERT INTO oauth_refresh_token
          (id, token, client_id, session_id, user_id, expires_at, created_at, scopes)
        SELECT i, i, 'c', 's1', 'u', now() + '1 day', now(), '[]'
          FROM generate_series(${from}, ${to}) i`);
    await sql.query('ALTER TABLE oauth_refresh_token DISABLE TRIGGER oauth_refresh_token_bounded');
    await tokens(2, 10_000);
    await sql.query(
      'ALTER TABLE oauth_refresh_token ENABLE ALWAYS TRIGGER oauth_refresh_token_bounded',
    );
    await tokens(1, 1);
    await expect(count('oauth_grant')).resolves.toBe(1);
    await tokens(0, 0);
    await expect(count('oauth_grant')).resolves.toBe(0);
    await expect(count('oauth_refresh_token')).resolves.toBe(0);
  });
});

describe('the sessions of a user with 100', () => {
  beforeEach(() => insertMany(SESSION, 1, 101));

  it('end expired first, and the end is announced', async () => {
    await sql.query(`UPDATE session SET expires_at = now() - interval '1 second' WHERE id = 's70'`);
    const recorder = await NotificationRecorder.on(database.url);
    try {
      const received = await recorder.announcedBy(SESSION.replaceAll('$1', '500'));
      expect(received).toEqual([{ sessions: ['s70'] }]);
    } finally {
      await recorder.close();
    }
  });

  it('leave those of other users alone', async () => {
    await sql.query(`INSERT INTO "user" (id, name, email) VALUES ('v', 'V', 'v@example.com');
      INSERT INTO session (id, user_id, token, expires_at, updated_at)
      VALUES ('v', 'v', 'v', now() - interval '1 day', now() - interval '1 day')`);
    await insert(sql, SESSION, 500);
    await expect(count(`session WHERE id = 'v'`)).resolves.toBe(1);
    await expect(count(`session WHERE id = 's1'`)).resolves.toBe(0);
  });

  it('stay 100 when two transactions begin one at once', async () => {
    const [first, second] = [clients[1]!, clients[2]!];
    await sql.query(`DELETE FROM session WHERE id = 's50'`);
    await first.query('BEGIN');
    await second.query('BEGIN');
    await insert(first, SESSION, 500);
    const later = insert(second, SESSION, 501);
    await first.query('COMMIT');
    await later;
    await second.query('COMMIT');
    await expect(count('session')).resolves.toBe(100);
  });

  it('end without a deadlock while another transaction has deleted them', async () => {
    const [first, second] = [clients[1]!, clients[2]!];
    await first.query('BEGIN');
    await insert(first, SESSION, 500);
    await second.query('BEGIN');
    await second.query(`DELETE FROM session WHERE id = 's2'`);
    const change = second.query(
      `UPDATE credential_state SET changed_in = pg_current_xact_id() WHERE user_id = 'u'`,
    );
    await insert(first, SESSION, 501);
    await first.query('COMMIT');
    await change;
    await second.query('COMMIT');
    await expect(count('session')).resolves.toBe(99);
  });
});

const CHANGES = [
  ['a new password', `UPDATE account SET password = 'new' WHERE id = 'password'`],
  ['a new e-mail address', `UPDATE "user" SET email = 'v@example.com' WHERE id = 'u'`],
  ['a change of the second factor', `UPDATE "user" SET two_factor_enabled = true WHERE id = 'u'`],
  ['the end of the trust', `SELECT gatehouse_end_trust('u')`],
] as const;

describe.each([
  ['a link to set a password', RESET, [0, 1]],
  ['a trusted device', DEVICE, [0, 2, 3]],
] as const)('%s', (_title, statement, ending) => {
  it.each(ending.map((index) => CHANGES[index]))(
    'does not survive %s, in every order',
    async (_name, change) => {
      const survivors: string[] = [];
      for (const order of interleavings(2, 3)) {
        await beginAnew();
        let over = false;
        let isLater = false;
        let basis = '';
        const [first, second] = [clients[1]!, clients[2]!];
        const steps = {
          first: [
            async () => {
              isLater = over;
              basis = await takeBasis(first);
            },
            () =>
              first.query(
                statement
                  .replace('expires_at)', 'expires_at, basis)')
                  .replace(/\)$/, `, '${basis}')`)
                  .replaceAll('$1', '1000'),
              ),
          ],
          second: [
            () => second.query('BEGIN'),
            () => second.query(change),
            async () => {
              await second.query('COMMIT');
              over = true;
            },
          ],
        };
        await runInterleaved({ order, steps, connections: { first, second }, observer: sql });
        if ((await count('verification')) > 0 && !isLater) survivors.push(order.join(' '));
      }
      expect(survivors).toEqual([]);
    },
  );
});

it('a newer hash of the same password keeps trusted devices', async () => {
  await beginAnew();
  await insert(sql, DEVICE, 1000);
  await sql.query(`UPDATE account SET password = 'hash', basis = '- - rehash'`);
  await expect(count('verification')).resolves.toBe(1);
});

async function beginAnew(): Promise<void> {
  await sql.query(`DELETE FROM "user"; DELETE FROM verification;
    INSERT INTO "user" (id, name, email) VALUES ('u', 'U', 'u@example.com');
    INSERT INTO account (id, user_id, account_id, provider_id, password)
    VALUES ('password', 'u', 'u', 'credential', 'old')`);
}

async function takeBasis(client: Client): Promise<string> {
  const { rows } = await client.query<{ snapshot: string }>(
    'SELECT pg_current_snapshot()::text AS snapshot',
  );
  return `${randomUUID()} ${rows[0]!.snapshot}`;
}
