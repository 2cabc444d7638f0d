import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { DATABASE_GRANTS, DATABASE_ROLES, grantPrivileges } from '../../launcher/database-grants';
import { MigrationError } from '../../launcher/migration-error';
import { runMigrations } from '../../launcher/migrations';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import { Caller } from '../support/caller';
import { RUN_VARIABLE } from '../support/database';
import { eventually } from '../support/eventually';
import { dropTestLogins, urlAs } from '../support/servers/database-logins';
import { PASSWORD, System } from '../support/system';

const DOCUMENT = readFileSync(join(__dirname, '../../docs/security/database-roles.md'), 'utf8');

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

it('the document shows the statements that the migration command runs', () => {
  const statements = Object.values(DATABASE_GRANTS).flat();
  expect(DOCUMENT).toContain(`${statements.join(';\n')};\n\`\`\``);
});

it('each process connects with its own role, which is no superuser', async () => {
  const connections = await system.query(
    `SELECT DISTINCT pg_has_role(usename, $1, 'USAGE') AS auth,
            pg_has_role(usename, $2, 'USAGE') AS api, usesuper
       FROM pg_stat_activity JOIN pg_user USING (usename)
      WHERE datname = current_database() AND pid <> pg_backend_pid()
      ORDER BY auth`,
    [DATABASE_ROLES.authServer, DATABASE_ROLES.api],
  );
  expect(connections).toEqual([
    { auth: false, api: true, usesuper: false },
    { auth: true, api: false, usesuper: false },
  ]);
});

describe('the logins of a test run', () => {
  it('have the user of the run as a member, which can be no superuser', async () => {
    const members = await system.query<{ runs: boolean }>(
      `SELECT DISTINCT usename, member::regrole::text = quote_ident(current_user) AS runs
         FROM pg_stat_activity JOIN pg_auth_members ON roleid = usesysid
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    expect(members).toHaveLength(2);
    for (const { runs } of members) expect(runs).toBe(true);
  });

  it('are dropped without a privilege when none was created', async () => {
    const url = urlAs('api', system.database.url);
    const run = process.env[RUN_VARIABLE];
    process.env[RUN_VARIABLE] = 'gatehouse_test_none';
    try {
      await expect(dropTestLogins(url)).resolves.toBeUndefined();
    } finally {
      process.env[RUN_VARIABLE] = run;
    }
  });
});

async function manageClient(admin: Caller) {
  const clients = '/api/v1/admin/clients';
  const body = { name: 'App', type: 'confidential', redirectUris: ['https://app.example.com/cb'] };
  const created = await admin.post<{ clientId: string }>(clients, body);
  const path = `${clients}/${created.body.clientId}`;
  return [
    created,
    await admin.get(clients),
    await admin.patch(path, { name: 'Other' }),
    await admin.post(`${path}/secret`),
    await admin.delete(path),
  ];
}

it('both processes work with roles that own nothing', async () => {
  const anyone = new Caller(system.apiUrl);
  const signUp = async (email: string) => {
    const body = { email, password: PASSWORD, name: 'Ann' };
    const answer = await anyone.post<SignedIn>('/api/v1/auth/sign-up', body);
    expect(answer.status).toBe(201);
    return { id: answer.body.user.id, caller: new Caller(system.apiUrl, answer.body.accessToken) };
  };
  const ann = await signUp('ann@example.com');
  const ben = await signUp('ben@example.com');
  const root = await system.asAdmin();
  const admin = new Caller(system.apiUrl, root.accessToken);
  const path = `/api/v1/admin/users/${ben.id}`;
  // On a busy host one probe can exceed its limit.
  await eventually(async () => expect((await anyone.get('/health/ready')).status).toBe(200));
  const answers = [
    await anyone.post('/api/v1/auth/sign-in', { email: 'ann@example.com', password: PASSWORD }),
    await ann.caller.patch('/api/v1/users/me', { name: 'Anna' }),
    await ann.caller.get('/api/v1/users/me/export'),
    await ann.caller.delete('/api/v1/users/me/sessions'),
    await ann.caller.post('/api/v1/auth/sign-out'),
    await admin.put(`${path}/role`, { role: 'admin' }),
    await admin.put(`${path}/role`, { role: 'user' }),
    await admin.patch(path, { email: 'benno@example.com' }),
    await admin.post(`${path}/impersonate`),
    await admin.post(`${path}/password-reset`),
    await admin.put(`${path}/ban`, {}),
    await admin.delete(`${path}/ban`),
    await admin.delete(`${path}/sessions`),
    await admin.delete(`${path}/two-factor`),
    await admin.delete(`${path}/sign-in-methods`),
    await admin.delete(path),
    ...(await manageClient(admin)),
    await admin.get('/api/v1/admin/users?include=total'),
    await admin.get('/api/v1/admin/stats'),
    await admin.get('/api/v1/users/me/accounts'),
    await admin.get('/api/v1/users/me/export'),
    await admin.get('/api/v1/admin/audit-events'),
  ];
  expect(answers.filter(({ status }) => status >= 300).map(({ body }) => body)).toEqual([]);
});

it('takes CREATE on the schema away from all roles, which PostgreSQL 14 gives them', async () => {
  const isOpen = `SELECT has_schema_privilege($1, 'public', 'CREATE') AS "isOpen"`;
  await system.query('GRANT CREATE ON SCHEMA public TO PUBLIC');
  await expect(system.query(isOpen, [DATABASE_ROLES.api])).resolves.toEqual([{ isOpen: true }]);
  await runMigrations(system.database.url);
  await expect(system.query(isOpen, [DATABASE_ROLES.api])).resolves.toEqual([{ isOpen: false }]);
});

describe('a table of a feature', () => {
  const TABLES = ['keepsake'];
  let owner: DataSource;

  beforeAll(async () => {
    owner = new DataSource({ type: 'postgres', url: system.database.url });
    await owner.initialize();
  });
  afterAll(() => owner.destroy());

  it('that no migration creates is named by the migration command', async () => {
    await expect(grantPrivileges(owner, TABLES)).rejects.toThrow(
      new MigrationError(
        'no migration creates the tables that features declare: keepsake. ' +
          'List the migration in the declaration of the feature',
      ),
    );
  });

  it('is for the API alone, with the sequences of its columns', async () => {
    await system.query('CREATE TABLE keepsake (id serial PRIMARY KEY)');
    await grantPrivileges(owner, TABLES);
    const rights = `SELECT has_table_privilege($1, 'keepsake', 'SELECT') AS "table",
                           has_sequence_privilege($1, 'keepsake_id_seq', 'USAGE') AS sequence`;
    await expect(system.query(rights, [DATABASE_ROLES.api])).resolves.toEqual([
      { table: true, sequence: true },
    ]);
    await expect(system.query(rights, [DATABASE_ROLES.authServer])).resolves.toEqual([
      { table: false, sequence: false },
    ]);
  });
});

/** The rows of the table of refused statements. */
function refusedStatements(): [role: string, statement: string][] {
  const rows = DOCUMENT.matchAll(/^\| `(gatehouse_\w+)` +\| `([^`]+)` +\|$/gm);
  return [...rows].map(([, role, statement]) => [role!, statement!]);
}

it.each(refusedStatements())('%s may not: %s', async (role, statement) => {
  const name = role === DATABASE_ROLES.api ? 'api' : 'authServer';
  const client = new Client(urlAs(name, system.database.url));
  await client.connect();
  try {
    await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
  } finally {
    await client.end();
  }
});
