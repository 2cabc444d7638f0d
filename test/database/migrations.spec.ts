import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { DATABASE_ROLES } from '../../launcher/database-grants';
import { createLogins } from '../../launcher/database-logins';
import { LOCK_LIMIT_MS, repeatWhileLocked } from '../../launcher/lock-waits';
import { MigrationError } from '../../launcher/migration-error';
import {
  listPendingMigrations,
  MIGRATIONS,
  revertLastMigration,
  runMigrations,
} from '../../launcher/migrations';
import { DATABASE_LIMITS } from '../../runtime/database/database-limits';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';

const ALL = MIGRATIONS.map(({ name }) => name);

describe('migrations on an empty database', () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    client = new Client(database.url);
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('run once when ten processes start together', async () => {
    const counts = await Promise.all(Array.from({ length: 10 }, () => runMigrations(database.url)));
    expect(counts.filter((count) => count > 0)).toHaveLength(1);
    const applied = await client.query('SELECT name FROM migrations ORDER BY id');
    expect(applied.rows.map(({ name }) => name)).toEqual(ALL);
  });

  it('close their connections', async () => {
    await runMigrations(database.url);
    // PostgreSQL removes a closed connection after a moment.
    await eventually(async () => expect(await countOthers()).toBe(0));
  });

  it('return the names of the applied migrations', async () => {
    await expect(listPendingMigrations(database.url)).resolves.toEqual(ALL);
    const names: string[] = [];
    const run = () => runMigrations(database.url, { onApplied: (name) => names.push(name) });
    await expect(run()).resolves.toBe(ALL.length);
    await expect(run()).resolves.toBe(0);
    expect(names).toEqual(ALL);
  });

  it('leave nothing after a revert, and can be applied again', async () => {
    await runMigrations(database.url);
    const schema = await describeSchema();
    for (const name of ALL.toReversed()) {
      await expect(revertLastMigration(database.url)).resolves.toBe(name);
    }
    await expect(describeSchema()).resolves.toEqual([]);
    await expect(revertLastMigration(database.url)).resolves.toBeNull();
    await runMigrations(database.url);
    await expect(describeSchema()).resolves.toEqual(schema);
  });

  it('set the password of a login that another command changes', async () => {
    const passwords = { authServer: null, api: randomBytes(16).toString('hex') };
    await createLogins(database.url, passwords);
    await client.query('BEGIN');
    await client.query(`ALTER ROLE ${DATABASE_ROLES.api} NOLOGIN`);
    const waiting = createLogins(database.url, passwords);
    await eventually(async () => expect(await countWaiting()).toBe(1));
    await client.query('COMMIT');
    await waiting;
    const { rows } = await client.query('SELECT rolcanlogin FROM pg_roles WHERE rolname = $1', [
      DATABASE_ROLES.api,
    ]);
    expect(rows).toEqual([{ rolcanlogin: true }]);
    await client.query(`ALTER ROLE ${DATABASE_ROLES.api} NOLOGIN PASSWORD NULL`);
  });

  it('give their privileges to the logins that the command creates', async () => {
    const password = randomBytes(16).toString('hex');
    const passwords = { authServer: password, api: password };
    await createLogins(database.url, passwords);
    await createLogins(database.url, passwords);
    await runMigrations(database.url);
    const url = new URL(database.url);
    Object.assign(url, { username: DATABASE_ROLES.api, password });
    const api = new Client(url.href);
    await api.connect();
    await expect(api.query('SELECT id FROM session')).resolves.toMatchObject({ rowCount: 0 });
    await expect(api.query('SELECT token FROM session')).rejects.toThrow('permission denied');
    await api.end();
    await expect(runMigrations(url.href)).rejects.toThrow(
      /permission denied.*[.] The user of DATABASE_URL must own the database$/,
    );
    for (const role of Object.values(DATABASE_ROLES)) {
      await client.query(`ALTER ROLE ${role} NOLOGIN PASSWORD NULL`);
    }
  });

  it.each([
    ['later than its own', 9995412400000],
    ['earlier than one of a feature', 1795420500000],
  ])('do not change a newer schema, whose migration is %s', async (_case, timestamp) => {
    await runMigrations(database.url);
    await client.query(
      `INSERT INTO migrations (timestamp, name) VALUES (${timestamp}, 'AddLater${timestamp}')`,
    );
    const ofApi = DATABASE_ROLES.api;
    await client.query(`
      ALTER TABLE "user" DROP CONSTRAINT "user_role_check",
        ADD CONSTRAINT "user_role_check" CHECK ("role" IN ('user', 'admin', 'later'));
      REVOKE SELECT ON audit_event FROM ${ofApi};
      GRANT SELECT (token) ON session TO ${ofApi}`);
    const schema = await describeSchema();
    const warn = jest.fn();
    await expect(runMigrations(database.url, { warn })).resolves.toBe(0);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`AddLater${timestamp}`)]]);
    await expect(describeSchema()).resolves.toEqual(schema);
    const { rows } = await client.query(`
      SELECT has_table_privilege('${ofApi}', 'audit_event', 'SELECT') AS closed,
             has_column_privilege('${ofApi}', 'session', 'token', 'SELECT') AS open`);
    expect(rows).toEqual([{ closed: false, open: true }]);
    const refused = runMigrations(database.url, { refuseNewer: true });
    await expect(refused).rejects.toThrow(`A newer version has applied AddLater${timestamp}: `);
    await expect(revertLastMigration(database.url)).rejects.toThrow(
      new MigrationError(`AddLater${timestamp} was applied by a newer version`),
    );
  });

  describe('while a reader keeps a lock on the table of users', () => {
    beforeEach(async () => {
      await runMigrations(database.url);
      await client.query(`
        ALTER TABLE "user" DROP CONSTRAINT "user_role_check",
          ADD CONSTRAINT "user_role_check" CHECK ("role" IN ('user', 'admin', 'former'))`);
      await client.query('BEGIN');
      await client.query('SELECT FROM "user"');
    });

    it('let statements of the processes pass, and end after the reader', async () => {
      const warn = jest.fn();
      const migrations = runMigrations(database.url, { warn });
      await eventually(async () => expect(await countWaiting()).toBe(1));
      await readUsers();
      const reader = expect.stringContaining(`process ${await readPid()} (`);
      await eventually(() => expect(warn).toHaveBeenCalledWith(reader));
      await client.query('COMMIT');
      await expect(migrations).resolves.toBe(0);
      const rules = (await describeSchema()).filter((line) => line.startsWith('user_role_check'));
      expect(rules).toEqual([expect.not.stringContaining('former')]);
    });

    it('name the reader once the time for repetitions is over', async () => {
      const reader = new RegExp(
        `^process ${await readPid()} \\(.*idle in transaction\\) holds a lock on a table`,
      );
      // On a busy host, the search may come after the limit of an attempt.
      await eventually(() =>
        expect(runMigrations(database.url, { lockLimitMs: 0 })).rejects.toThrow(reader),
      );
    });

    /** With the limit of the processes. */
    async function readUsers(): Promise<void> {
      const reader = new Client(database.url);
      await reader.connect();
      try {
        await reader.query(`SET lock_timeout = ${DATABASE_LIMITS.lock}`);
        await reader.query('SELECT FROM "user"');
      } finally {
        await reader.end();
      }
    }

    async function readPid(): Promise<number> {
      return (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;
    }
  });

  it('wait until PostgreSQL cancels an autovacuum, and less than the processes wait', async () => {
    const { rows } = await client.query<{ limit: number }>(
      `SELECT boot_val::int AS limit FROM pg_settings WHERE name = 'deadlock_timeout'`,
    );
    expect(LOCK_LIMIT_MS).toBeGreaterThan(rows[0]!.limit);
    expect(LOCK_LIMIT_MS).toBeLessThan(Math.min(DATABASE_LIMITS.lock, DATABASE_LIMITS.access));
  });

  it('have the time for repetitions anew for each step, after the work of the step', async () => {
    let steps = 0;
    const change = async () => {
      if (steps === 2) return 'done';
      await client.query('SELECT pg_sleep(0.05)');
      steps += 1;
      return client.query(`DO $$ BEGIN RAISE 'locked' USING ERRCODE = '55P03'; END $$`);
    };
    const countSteps = () => Promise.resolve(steps);
    const options = { observer: client, warn: () => {}, limitMs: 20, countSteps };
    await expect(repeatWhileLocked(change, options)).resolves.toBe('done');
  });

  it('let the holder of the lock create an index concurrently', async () => {
    await client.query('CREATE TABLE reading (value int)');
    await client.query('SELECT pg_advisory_lock(7319045561203)');
    const migrations = runMigrations(database.url);
    await eventually(async () => expect(await countAskingForLock()).toBe(1));
    await client.query('CREATE INDEX CONCURRENTLY ON reading (value)');
    await client.query('SELECT pg_advisory_unlock(7319045561203)');
    await migrations;
  });

  it.each([
    ['that were applied before its own', 1000000000000, '0'],
    ['that are later, once it applies its own', 9995412400000, 'DEFAULT'],
  ])('align roles and privileges beside unknown migrations %s', async (...row) => {
    const [, timestamp, id] = row;
    await runMigrations(database.url);
    if (timestamp > 1795412400000) await revertLastMigration(database.url);
    await client.query(
      `INSERT INTO migrations (id, timestamp, name)
       VALUES (${id}, ${timestamp}, 'AddRemoved${timestamp}');
       GRANT SELECT ON session TO ${DATABASE_ROLES.api}`,
    );
    const warn = jest.fn();
    await runMigrations(database.url, { warn });
    expect(warn).not.toHaveBeenCalled();
    const { rows } = await client.query(
      `SELECT has_column_privilege('${DATABASE_ROLES.api}', 'session', 'token', 'SELECT') AS open`,
    );
    expect(rows).toEqual([{ open: false }]);
  });

  it('wait for the holder of the lock', async () => {
    await client.query('SELECT pg_advisory_lock(7319045561203)');
    let done = false;
    const migrations = runMigrations(database.url).then(() => (done = true));
    await pause(300);
    expect(done).toBe(false);
    await client.query('SELECT pg_advisory_unlock(7319045561203)');
    await migrations;
  });

  async function countOthers(): Promise<number> {
    const { rows } = await client.query(
      `SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    return rows[0].count;
  }

  async function countAskingForLock(): Promise<number> {
    const { rows } = await client.query(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND query LIKE '%advisory_lock%'`,
    );
    return rows[0].count;
  }

  /** How many connections wait for the transaction of `client`. */
  async function countWaiting(): Promise<number> {
    const { rows } = await client.query(
      `SELECT count(*)::int AS count FROM pg_locks
        WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`,
    );
    return rows[0].count;
  }

  async function describeSchema(): Promise<string[]> {
    const { rows } = await client.query(
      `SELECT relname || ' ' || relkind::text AS line FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
       UNION ALL
       SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
       UNION ALL
       SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
         FROM information_schema.columns WHERE table_schema = 'public'
       UNION ALL
       SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
       UNION ALL
       SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
       ORDER BY 1`,
    );
    // TypeORM's own table stays.
    return rows.map(({ line }) => line).filter((line) => !/migrations|PK_/.test(line));
  }
});

describe('migrations of an unreachable database', () => {
  it('fail within seconds, with a reason', async () => {
    const failure = runMigrations('postgres://gatehouse@127.0.0.1:1/gatehouse');
    await expect(failure).rejects.toThrow(MigrationError);
    await expect(failure).rejects.toThrow(/could not connect to PostgreSQL: .*ECONNREFUSED/);
    const logins = createLogins('postgres://gatehouse@127.0.0.1:1/gatehouse', {
      authServer: 'any password',
      api: null,
    });
    await expect(logins).rejects.toThrow(/could not connect to PostgreSQL: .*ECONNREFUSED/);
  });
});

describe('a database of an earlier version', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client(database.url);
    await client.connect();
    while ((await revertLastMigration(database.url)) !== 'KeepOneConsent1795689100000');
    await client.query(`
      INSERT INTO "user" (id, name, email, created_at) VALUES
        ('u1', 'One', '1@example.com', '-infinity'), ('u2', 'Two', '2@example.com', '2026-01-02Z');
      INSERT INTO session (id, user_id, token, expires_at) VALUES ('s', 'u1', 't', 'infinity');
      INSERT INTO oauth_client (id, client_id, redirect_uris, token_endpoint_auth_method) VALUES
        ('c', 'c', '[]', 'none'), ('k', 'k', '[]', 'private_key_jwt');
      INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at) VALUES
        ('newest', 'c', 'u1', '["openid"]', now(), now()),
        ('former', 'c', 'u1', '["email"]', now(), now() - interval '1 s'),
        ('another', 'c', 'u1', '["profile"]', now(), now() - interval '1 s'),
        ('of two', 'c', 'u2', '["email"]', now(), now() - interval '1 s')`);
    await runMigrations(database.url);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('keeps the newest consent of a user for a client, and the consents of others', async () => {
    const { rows } = await client.query('SELECT id FROM oauth_consent ORDER BY id');
    expect(rows.map(({ id }) => id)).toEqual(['newest', 'of two']);
  });

  it('gets the nearest times of the years 1 to 9999, and keeps the others', async () => {
    const { rows } = await client.query(`
      SELECT u.created_at AT TIME ZONE 'UTC' || '' AS created, s.expires_at AT TIME ZONE 'UTC' || '' AS expires
        FROM "user" u LEFT JOIN session s ON s.user_id = u.id ORDER BY u.id`);
    expect(rows).toEqual([
      { created: '0001-01-01 00:00:00', expires: '9999-12-31 00:00:00' },
      { created: '2026-01-02 00:00:00', expires: null },
    ]);
  });

  it('has an empty key set for a client that authenticates by keys and has none', async () => {
    const { rows } = await client.query('SELECT id, jwks FROM oauth_client ORDER BY id');
    expect(rows).toEqual([
      { id: 'c', jwks: null },
      { id: 'k', jwks: '{"keys":[]}' },
    ]);
  });
});

describe('the migrated database', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client(database.url);
    await client.connect();
    await client.query(
      `INSERT INTO "user" (id, name, email) VALUES ('u1', 'One', 'one@example.com')`,
    );
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each(['undeclared', 'Admin', 'admin,user', ''])('refuses the role %j', async (role) => {
    const update = client.query(`UPDATE "user" SET role = $1`, [role]);
    await expect(update).rejects.toThrow('user_role_check');
  });

  it('refuses an e-mail address in mixed case, and a duplicate', async () => {
    const insert = (email: string) =>
      client.query(`INSERT INTO "user" (id, name, email) VALUES ('u2', 'Two', $1)`, [email]);
    await expect(insert('Two@example.com')).rejects.toThrow('user_email_check');
    await expect(insert('one@example.com')).rejects.toThrow('user_email_key');
  });

  it('creates users with the default role, not banned and not verified', async () => {
    const { rows } = await client.query(`SELECT role, banned, email_verified FROM "user"`);
    expect(rows).toEqual([{ role: 'user', banned: false, email_verified: false }]);
  });

  it('deletes sessions and accounts with their user', async () => {
    await client.query(
      `INSERT INTO session (id, user_id, token, expires_at) VALUES ('s1', 'u1', 't1', now())`,
    );
    await client.query(
      `INSERT INTO account (id, user_id, account_id, provider_id) VALUES ('a1', 'u1', 'u1', 'credential')`,
    );
    await client.query(`DELETE FROM "user" WHERE id = 'u1'`);
    const { rows } = await client.query('SELECT id FROM session UNION ALL SELECT id FROM account');
    expect(rows).toEqual([]);
  });
});
