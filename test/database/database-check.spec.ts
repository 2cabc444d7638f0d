import { Client } from 'pg';
import { ROLES } from '../../contract';
import { MigrationError } from '../../launcher/migration-error';
import { runMigrations } from '../../launcher/migrations';
import { checkDatabase } from '../../runtime/database/check/database-check';
import { readRoles } from '../../runtime/database/check/role-constraint';
import { Caller } from '../support/caller';
import { obtainUserToken } from '../support/client/oauth-tokens';
import { eventually } from '../support/eventually';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { InProcessSystem } from '../support/in-process-system';
import { expectProblem } from '../support/problems';
import { startExtraReplica } from '../support/processes/extra-replica';
import { PASSWORD, type SignedInUser, System } from '../support/system';

const OLD = '"version":"13.22"';

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

  it('refuses a database that does not accept a role, and accepts it after the migrations ran again', async () => {
    await acceptRoles(client, ['user']);
    await expect(check(client)).rejects.toThrow('does not accept the roles admin');
    await runMigrations(database.url);
    await expect(check(client)).resolves.toBeUndefined();
    expect(await readRoles(rowsOf(client))).toEqual([...ROLES]);
  });

  it('is not run by a migration that would leave users with a role that no feature declares', async () => {
    await acceptRoles(client, [...ROLES, 'undeclared']);
    await client.query(
      `INSERT INTO "user" (id, name, email, role) VALUES ('m', 'M', 'm@example.com', 'undeclared')`,
    );
    await expect(runMigrations(database.url)).rejects.toThrow(
      new MigrationError(
        'users have roles that no feature declares: undeclared (1). Give them another role first.',
      ),
    );
    await client.query(`UPDATE "user" SET role = 'user'`);
    await runMigrations(database.url);
    expect(await readRoles(rowsOf(client))).toEqual([...ROLES]);
  });

  it('refuses a PostgreSQL that is too old', async () => {
    const asOld = async (sql: string) =>
      JSON.parse(JSON.stringify(await rowsOf(client)(sql)).replace(/"version":"[^"]+"/, OLD)) as [];
    await expect(checkDatabase(asOld)).rejects.toThrow(
      'PostgreSQL 14 or newer is needed, and this is 13.22.',
    );
  });

  it('refuses another isolation level than READ COMMITTED', async () => {
    await client.query(`SET default_transaction_isolation = 'repeatable read'`);
    await expect(check(client)).rejects.toThrow(
      `default_transaction_isolation is 'repeatable read'. It must be 'read committed'`,
    );
  });

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

describe('both processes', () => {
  let system: System;

  beforeAll(async () => {
    system = await System.start();
    await system.stopAuthServer();
  });

  afterAll(() => system.stop());

  it.each([
    [
      'triggers that a restore left as ordinary ones',
      [
        'ALTER TABLE jwks ENABLE TRIGGER jwks_changed',
        'ALTER TABLE jwks ENABLE ALWAYS TRIGGER jwks_changed',
      ],
      'not enabled as ALWAYS',
    ],
    [
      'a column that a migration has not created yet',
      [
        'ALTER TABLE "session" RENAME basis TO other',
        'ALTER TABLE "session" RENAME other TO basis',
      ],
      /not up to date: run `npm run migrate`/,
    ],
    [
      'a rule that a migration has not created yet',
      [
        "UPDATE migrations SET name = 'x' || name WHERE name LIKE 'EndImpersonationsInTime%'",
        "UPDATE migrations SET name = substr(name, 2) WHERE name LIKE 'xEndImpersonationsInTime%'",
      ],
      'run `npm run migrate`. EndImpersonationsInTime1795815000000 is not applied.',
    ],
    [
      'no schema',
      ['ALTER SCHEMA public RENAME TO other', 'ALTER SCHEMA other RENAME TO public'],
      'The database has no schema yet: run `npm run migrate`.',
    ],
  ] as const)('refuse to start on a database with %s', async (_title, changes, message) => {
    await system.query(changes[0]);
    await expect(system.startAuthServer()).rejects.toThrow(message);
    await expect(startExtraReplica(system.settings)).rejects.toThrow(message);
    await system.query(changes[1]);
  });

  it('the API also names the column, and the draft of a migration: features change entities', async () => {
    await system.query('ALTER TABLE "session" RENAME basis TO other');
    await expect(startExtraReplica(system.settings)).rejects.toThrow(
      'after a change of an entity first `npm run migrate:generate`. Missing: session.basis.',
    );
    await system.query('ALTER TABLE "session" RENAME other TO basis');
  });
});

describe('a user whose role no feature declares', () => {
  const log: string[] = [];
  let system: InProcessSystem;
  let user: SignedInUser;

  beforeAll(async () => {
    system = await InProcessSystem.start({ log });
    await acceptRoles(system, [...ROLES, 'undeclared']);
    user = await system.asUser();
  });

  beforeEach(() => giveRole('undeclared'));
  afterAll(() => system.stop());

  const giveRole = (role: string) =>
    system.query(`UPDATE "user" SET role = $2 WHERE id = $1`, [user.id, role]);

  const warnings = () =>
    log
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ level, msg }) => level >= 40 && msg.includes('undeclared'))
      .map(({ level, msg }) => [level, msg]);

  const asAuthServer = () => new Caller(system.settings.authUrl);

  it('begins no session, and the log names id and role', async () => {
    const count = () => system.query('SELECT id FROM session WHERE user_id = $1', [user.id]);
    const before = await count();
    const body = { email: user.email, password: PASSWORD };
    expectProblem(await system.asAnonymous().post('/api/v1/auth/sign-in', body), 'unknown_role');
    const line = `user ${user.id} cannot sign in: no feature declares the role undeclared`;
    expect(warnings()).toEqual([[40, line]]);
    const direct = await asAuthServer().post('/api/auth/sign-in/email', body);
    expect(direct).toMatchObject({ status: 403, body: { code: 'UNKNOWN_ROLE' } });
    expect(await count()).toEqual(before);
    expect(log.join('')).not.toContain(user.email);
  });

  it('has no access with the tokens of a session, until the role is a declared one', async () => {
    const bearer = { authorization: `Bearer ${user.refreshToken}` };
    const refresh = () =>
      system.asAnonymous().post('/api/v1/auth/refresh', { refreshToken: user.refreshToken });
    const ask = async () => [
      (await user.caller.get('/api/v1/users/me')).status,
      (await refresh()).status,
      (await asAuthServer().get('/api/auth/get-session', bearer)).body,
      (await asAuthServer().get('/api/auth/list-sessions', bearer)).status,
    ];
    expect(await ask()).toEqual([401, 401, null, 401]);
    expectProblem(await user.caller.get('/api/v1/users/me'), 'invalid_token');
    expectProblem(await refresh(), 'invalid_refresh_token');
    await giveRole('user');
    await eventually(async () =>
      expect(await ask()).toEqual([200, 200, expect.objectContaining({}), 200]),
    );
  });

  it('gets no tokens by a client', async () => {
    await giveRole('user');
    const { clientId } = await system.asClient(user, ['openid', 'offline_access']);
    const { authUrl } = system.settings;
    const scopes = ['openid', 'offline_access'];
    const grant = { authUrl, clientId, email: user.email, password: PASSWORD, scopes };
    const { refresh_token: token = '' } = await obtainUserToken(grant);
    await giveRole('undeclared');
    const form = { grant_type: 'refresh_token', refresh_token: token, client_id: clientId };
    const renewed = await fetch(`${authUrl}/api/auth/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    expect([renewed.status, await renewed.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
  });

  it('is shown to an administrator, who gives another role', async () => {
    const { caller } = await system.asAdmin();
    const path = `/api/v1/admin/users/${user.id}`;
    const list = await caller.get<{ items: object[] }>('/api/v1/admin/users');
    expect([list.status, list.body.items]).toMatchObject([200, expect.any(Array)]);
    expect(list.body.items).toContainEqual(
      expect.objectContaining({ id: user.id, role: 'undeclared' }),
    );
    expect(await caller.get(path)).toMatchObject({ status: 200, body: { role: 'undeclared' } });
    expectProblem(await caller.post(`${path}/impersonate`), 'unknown_role');
    const changed = await caller.put(`${path}/role`, { role: 'user' });
    expect(changed).toMatchObject({ status: 200, body: { role: 'user' } });
  });

  it('is counted in a warning at the start of the auth server', async () => {
    log.length = 0;
    await system.stopAuthServer();
    await system.startAuthServer();
    const line =
      'users have roles that no feature declares: undeclared (1). They cannot sign in: give them another role.';
    expect(warnings()).toEqual([[40, line]]);
  });
});

function check(client: Client): Promise<void> {
  return checkDatabase(rowsOf(client));
}

function rowsOf(client: Client) {
  return async (sql: string) => (await client.query<object>(sql)).rows;
}

async function acceptRoles(
  client: { query(sql: string): Promise<unknown> },
  roles: readonly string[],
): Promise<void> {
  const list = roles.map((role) => `'${role}'`).join(', ');
  await client.query(`
    ALTER TABLE "user" DROP CONSTRAINT "user_role_check",
      ADD CONSTRAINT "user_role_check" CHECK (role IN (${list}))`);
}

/** ICU and the built-in provider know no SQL_ASCII; before PostgreSQL 15 there is no choice. */
async function plainLocale(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  return rows[0]!.version >= 150_000 ? 'LOCALE_PROVIDER libc' : '';
}
