import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { createAuthServer } from '../../auth-server/app';
import { createLogger } from '../../runtime/logger';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import { Caller } from '../support/caller';
import { startExtraReplica } from '../support/extra-replica';
import { PASSWORD, System } from '../support/system';

const DOCUMENT = readFileSync(join(__dirname, '../../docs/security/database-roles.md'), 'utf8');

let system: System;
let apiUrl: string;
let stop: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  system = await System.start();
  for (const statement of documentedStatements()) await system.query(statement);
  const authServer = await createAuthServer({
    settings: { ...system.settings, ...urlsOf('gatehouse_auth') },
    logger: createLogger('auth', 'silent'),
  });
  const server = createServer(authServer.app).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authInternalUrl = `http://localhost:${port}`;
  const replica = await startExtraReplica({
    ...system.settings,
    ...urlsOf('gatehouse_api'),
    authInternalUrl,
  });
  apiUrl = replica.url;
  stop = [
    () => replica.app.close(),
    () => {
      server.close();
      server.closeAllConnections();
      return once(server, 'close');
    },
    () => authServer.close(),
  ];
});

afterAll(async () => {
  for (const end of stop) await end();
  await system.query('DROP OWNED BY gatehouse_auth, gatehouse_api');
  await system.query('DROP ROLE IF EXISTS gatehouse_auth, gatehouse_api');
  await system.stop();
});

/** The statements that the document gives to the owner of the database. */
function documentedStatements(): string[] {
  const [, block = ''] = /```sql\n([^`]*GRANT[^`]*)```/.exec(DOCUMENT) ?? [];
  return block
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function urlsOf(role: string) {
  const url = new URL(system.database.url);
  url.username = role;
  url.password = '…';
  return { databaseUrl: url.href, databaseDirectUrl: url.href };
}

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
  const anyone = new Caller(apiUrl);
  const signUp = async (email: string) => {
    const body = { email, password: PASSWORD, name: 'Ann' };
    const answer = await anyone.post<SignedIn>('/api/v1/auth/sign-up', body);
    expect(answer.status).toBe(201);
    return { id: answer.body.user.id, caller: new Caller(apiUrl, answer.body.accessToken) };
  };
  const ann = await signUp('ann@example.com');
  const ben = await signUp('ben@example.com');
  const root = await system.asAdmin();
  const admin = new Caller(apiUrl, root.accessToken);
  const path = `/api/v1/admin/users/${ben.id}`;
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

/** The rows of the table of refused statements. */
function refusedStatements(): [role: string, statement: string][] {
  const rows = DOCUMENT.matchAll(/^\| `(gatehouse_\w+)` +\| `([^`]+)` +\|$/gm);
  return [...rows].map(([, role, statement]) => [role!, statement!]);
}

it.each(refusedStatements())('%s may not: %s', async (role, statement) => {
  const client = new Client(urlsOf(role).databaseUrl);
  await client.connect();
  try {
    await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
  } finally {
    await client.end();
  }
});
