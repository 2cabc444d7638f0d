import type { Client, DatabaseError } from 'pg';
import { openConnections, type Actor } from './interleavings';

const LEVELS = ['REPEATABLE READ', 'SERIALIZABLE'];

let connections: Record<Actor, Client>;
let observer: Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ connections, observer, close } = await openConnections());
});

afterAll(() => close());

const ROWS = `
  TRUNCATE "user", oauth_client, oauth_resource, verification CASCADE;
  INSERT INTO "user" (id, name, email, role) VALUES
    ('u', 'U', 'u', 'user'), ('a', 'A', 'a', 'admin'), ('b', 'B', 'b', 'admin');
  INSERT INTO account (id, user_id, account_id, provider_id, password)
    VALUES ('p', 'u', 'u', 'credential', 'old');
  INSERT INTO session (id, user_id, token, expires_at)
    VALUES ('former', 'b', 'former', now() + interval '1 hour');
  INSERT INTO oauth_resource (id, identifier, name) VALUES ('r', 'r', 'R'), ('s', 's', 'S');
  INSERT INTO oauth_resource_scope (name, resource, description)
    VALUES ('x:read', 'r', 'Read'), ('z:read', 'r', 'Read');
  INSERT INTO oauth_client (id, client_id, redirect_uris, grant_types, skip_consent)
    VALUES ('c', 'c', '[]', '["authorization_code", "refresh_token"]', true);
  INSERT INTO oauth_client_resource (id, client_id, resource_id) VALUES ('cr', 'c', 'r');
  INSERT INTO oauth_consent (id, client_id, user_id, scopes, resources, created_at, updated_at)
    VALUES ('k', 'c', 'b', '["openid", "x:read"]', '["r"]', now(), now())`;

const SESSION = `INSERT INTO session (id, user_id, token, expires_at)
  VALUES ('new', 'u', 'new', now() + interval '1 hour')`;
const IMPERSONATION = `INSERT INTO session (id, user_id, token, expires_at, impersonated_by)
  VALUES ('new', 'u', 'new', now() + interval '1 hour', 'a')`;
const LINK = `INSERT INTO verification (id, identifier, value, expires_at)
  VALUES ('new', 'reset-password:x', 'u', now() + interval '1 hour')`;
const DEVICE = LINK.replace('reset-password:x', 'trust-device-x');
const GRANT = `INSERT INTO oauth_grant (session_id, client_id) VALUES ('former', 'c')`;

/** What begins, the change that ends it, the table, the trigger without which it stays. */
const CASES: [begins: string, change: string, table: string, trigger: string][] = [
  [SESSION, `UPDATE account SET password = 'new'`, 'session', 'account_refuses_old_snapshot'],
  [
    SESSION,
    `INSERT INTO account (id, user_id, account_id, provider_id, password)
       VALUES ('q', 'u', 'q', 'credential', 'new')`,
    'session',
    'account_insert_refuses_old_snapshot',
  ],
  [
    SESSION,
    `UPDATE "user" SET banned = true WHERE id = 'u'`,
    'session',
    'user_refuses_old_snapshot',
  ],
  [SESSION, `UPDATE "user" SET two_factor_enabled = true`, 'session', 'user_refuses_old_snapshot'],
  [
    LINK,
    `UPDATE "user" SET email = 'v' WHERE id = 'u'`,
    'verification',
    'user_refuses_old_snapshot',
  ],
  [DEVICE, `UPDATE account SET password = 'new'`, 'verification', 'account_refuses_old_snapshot'],
  [
    GRANT,
    `UPDATE oauth_consent SET scopes = '["openid"]'`,
    'oauth_grant',
    'oauth_consent_refuses_old_snapshot',
  ],
  [
    GRANT,
    `DELETE FROM oauth_consent`,
    'oauth_grant',
    'oauth_consent_deletion_refuses_old_snapshot',
  ],
  [GRANT, `TRUNCATE oauth_consent`, 'oauth_grant', 'oauth_consent_truncation_refuses_old_snapshot'],
  [
    GRANT,
    `UPDATE oauth_client SET grant_types = '["refresh_token"]'`,
    'oauth_grant',
    'oauth_client_refuses_old_snapshot',
  ],
  [
    GRANT,
    `UPDATE oauth_client SET skip_consent = false`,
    'oauth_grant',
    'oauth_client_refuses_old_snapshot',
  ],
  [
    GRANT,
    `DELETE FROM oauth_client_resource`,
    'oauth_grant',
    'oauth_client_resource_deletion_refuses_old_snapshot',
  ],
  [
    GRANT,
    `TRUNCATE oauth_client_resource`,
    'oauth_grant',
    'oauth_client_resource_truncation_refuses_old_snapshot',
  ],
  [
    GRANT,
    `UPDATE oauth_resource SET disabled = true`,
    'oauth_grant',
    'oauth_resource_refuses_old_snapshot',
  ],
];

const OTHER_CASES: [change: string, trigger: string, before?: string][] = [
  [
    `UPDATE oauth_client_resource SET resource_id = 's'`,
    'oauth_client_resource_refuses_old_snapshot',
  ],
  [`DELETE FROM oauth_resource WHERE id = 's'`, 'oauth_resource_deletion_refuses_old_snapshot'],
  [
    'TRUNCATE oauth_resource_scope',
    'oauth_resource_scope_truncation_refuses_old_snapshot',
    'DELETE FROM oauth_resource_scope',
  ],
  [
    `UPDATE oauth_resource_scope SET name = 'y:read' WHERE name = 'z:read'`,
    'oauth_resource_scope_refuses_old_snapshot',
  ],
  [
    `DELETE FROM oauth_resource_scope WHERE name = 'z:read'`,
    'oauth_resource_scope_deletion_refuses_old_snapshot',
  ],
  ['DELETE FROM oauth_grant', 'oauth_grant_deletion_refuses_old_snapshot', GRANT],
  ['TRUNCATE oauth_grant', 'oauth_grant_truncation_refuses_old_snapshot'],
  ['UPDATE session SET expires_at = now()', 'session_end_refuses_old_snapshot'],
  ['TRUNCATE oauth_refresh_token CASCADE', 'oauth_refresh_token_truncation_refuses_old_snapshot'],
];

describe('a change whose snapshot is older than what it ends', () => {
  beforeEach(() => observer.query(ROWS));

  it.each(CASES)('is refused: %s, %s', async (begins, change, table, trigger) => {
    for (const level of LEVELS) {
      await expect(changeAfter(begins, { change, level })).resolves.toBe('0A000');
      await observer.query(ROWS);
    }
    await expect(changeAfter(begins, { change, level: 'READ COMMITTED' })).resolves.toBeNull();
    await expect(count(table)).resolves.toBe(0);

    await observer.query(ROWS);
    await without(trigger, () => changeAfter(begins, { change, level: LEVELS[0]! }));
    await expect(count(table)).resolves.toBe(1);
  });

  it.each(OTHER_CASES)('is refused, whatever began: %s', async (change, trigger, before = '') => {
    const attempt = () =>
      changeAfter(`UPDATE "user" SET name = 'V'`, { change, level: LEVELS[0]! });
    await observer.query(before);
    await expect(attempt()).resolves.toBe('0A000');
    await without(trigger, attempt);
  });

  it.each([
    [`UPDATE "user" SET role = 'user' WHERE id = 'a'`],
    [`UPDATE "user" SET role = 'admin' WHERE id = 'u'`],
    [`DELETE FROM "user" WHERE id = 'a'`],
  ])('fails when an impersonation has begun: %s', async (change) => {
    for (const level of LEVELS) {
      await observer.query(ROWS);
      await expect(changeAfter(IMPERSONATION, { change, level })).resolves.toBe('40001');
    }
  });

  it('leaves an impersonation when its begin does not write the states of both users', async () => {
    const change = `UPDATE "user" SET role = 'user' WHERE id = 'a'`;
    await without('session_acts_recorded', () =>
      changeAfter(IMPERSONATION, { change, level: LEVELS[0]! }),
    );
    await expect(count('session')).resolves.toBe(1);
  });
});

it.each([
  [`DELETE FROM "user" WHERE id = 'b'`],
  [`DELETE FROM session`],
  [`DELETE FROM oauth_client`],
  [`UPDATE "user" SET role = 'admin' WHERE id = 'u'`],
  [`UPDATE "user" SET name = 'V'`],
  [
    `INSERT INTO "user" (id, name, email) VALUES ('n', 'N', 'n');
    INSERT INTO account (id, user_id, account_id, provider_id, password)
      VALUES ('n', 'n', 'n', 'credential', 'x')`,
  ],
])('a change that ends nothing newer is accepted at SERIALIZABLE: %s', async (change) => {
  await observer.query(ROWS);
  await observer.query(GRANT);
  const { first } = connections;
  await expect(
    first.query(`BEGIN ISOLATION LEVEL SERIALIZABLE; ${change}; COMMIT`),
  ).resolves.toBeDefined();
});

async function without(trigger: string, attempt: () => Promise<string | null>): Promise<void> {
  const { rows } = await observer.query<{ owner: string }>(
    'SELECT tgrelid::regclass::text AS owner FROM pg_trigger WHERE tgname = $1',
    [trigger],
  );
  const set = (state: string) =>
    observer.query(`ALTER TABLE ${rows[0]!.owner} ${state} TRIGGER ${trigger}`);
  await set('DISABLE');
  try {
    await expect(attempt()).resolves.toBeNull();
  } finally {
    await set('ENABLE ALWAYS');
  }
}

interface Attempt {
  change: string;
  level: string;
}

/** @returns the SQLSTATE with which the change failed, which read rows before the other began. */
async function changeAfter(begins: string, { change, level }: Attempt): Promise<string | null> {
  const { first, second } = connections;
  await first.query(`BEGIN ISOLATION LEVEL ${level}; SELECT FROM session`);
  await second.query(begins);
  try {
    await first.query(`${change}; COMMIT`);
    return null;
  } catch (error) {
    await first.query('ROLLBACK');
    return (error as DatabaseError).code!;
  }
}

async function count(table: string): Promise<number> {
  const { rows } = await observer.query<{ count: number }>(
    `SELECT count(*)::int FROM ${table} WHERE to_jsonb(${table}) ->> 'id' = 'new' OR '${table}' = 'oauth_grant'`,
  );
  return rows[0]!.count;
}
