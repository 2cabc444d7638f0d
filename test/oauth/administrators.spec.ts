import { Client } from 'pg';
import type { AuditEventPage } from '../../src/admin/audit-events/audit-events.schemas';
import type { User } from '../../src/users/user.schemas';
import { Browser } from './browser';
import { OAuthStage } from './stage';
import { type Answer, Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { PASSWORD, type SignedInUser } from '../support/system';

const USERS = '/api/v1/admin/users';
const INTERNAL_SECRET = 'the secret of this test, 32 characters';

let stage: OAuthStage;
let admin: SignedInUser;
let clientIds: Record<string, string>;
let callers: Record<string, Caller>;

beforeAll(async () => {
  stage = await OAuthStage.start({ env: { INTERNAL_SECRET } });
  admin = await stage.system.asNewAdmin();
  const serviceAccount = await stage.register({ type: 'machine', scopes: ['users:write'] });
  const acting = await stage.register({ type: 'public', scopes: ['openid', 'users:write'] });
  const browser = await Browser.signedIn(stage.system, admin.email);
  const tokens = await stage.tokens(acting, browser, { scope: 'openid users:write' });
  const serviceAccountToken = (await stage.serviceAccountToken(serviceAccount)).body.access_token;
  clientIds = { 'a service account': serviceAccount.clientId, [ACTING]: acting.clientId };
  callers = {
    'a service account': new Caller(stage.system.apiUrl, serviceAccountToken),
    [ACTING]: new Caller(stage.system.apiUrl, tokens.access_token),
  };
});

afterAll(() => stage.system.stop());

const ACTING = 'a client that acts for an administrator';
const WHO = ['a service account', ACTING];

/** Every change of a user that the scope `users:write` allows. */
type Change = [method: string, template: string, body?: object];

const CHANGES: Change[] = [
  ['PATCH', '', { name: 'Changed' }],
  ['PATCH', '', { email: 'changed@example.com', emailVerified: true }],
  ['PUT', '/role', { role: 'user' }],
  ['PUT', '/ban', {}],
  ['DELETE', '/ban'],
  ['POST', '/password-reset'],
  ['DELETE', '/sessions'],
  ['DELETE', '/sessions/{session}'],
  ['DELETE', ''],
];

const CASES = WHO.flatMap((who) => CHANGES.map((change): [string, ...Change] => [who, ...change]));

async function stateOf(id: string): Promise<object[]> {
  return stage.system.query(
    `SELECT u.name, u.email, u.role, u.banned,
            (SELECT count(*) FROM session s WHERE s.user_id = u.id) AS sessions
       FROM "user" u WHERE u.id = $1`,
    [id],
  );
}

async function pathOf(template: string, { id }: SignedInUser): Promise<string> {
  const [session] = await stage.system.query<{ id: string }>(
    'SELECT id FROM session WHERE user_id = $1',
    [id],
  );
  return `${USERS}/${id}${template.replace('{session}', session!.id)}`;
}

describe('an administrator', () => {
  it.each(CASES)('is not changed by %s: %s %s', async (...row) => {
    const [who, method, template, body] = row;
    const target = await stage.system.asNewAdmin();
    const before = await stateOf(target.id);
    const path = await pathOf(template, target);
    expectProblem(await callers[who]!.call(method, path, { body }), 'user_required');
    expect(await stateOf(target.id)).toEqual(before);
  });

  it.each(CASES.filter(([, , template]) => template !== '/password-reset'))(
    'who is promoted during the change is not changed by %s: %s %s',
    async (...row) => {
      const [who, method, template, body] = row;
      const target = await stage.system.asUser();
      const path = await pathOf(template, target);
      const before = await stateOf(target.id);
      const answer = await whilePromoted(target, () => callers[who]!.call(method, path, { body }));
      expectProblem(answer, 'user_required');
      expect(await stateOf(target.id)).toEqual([{ ...before[0], role: 'admin' }]);
    },
  );

  it.each(WHO)('is not created by %s', async (who) => {
    const body = { email: 'new-admin@example.com', name: 'New', role: 'admin', password: PASSWORD };
    expectProblem(await callers[who]!.post(USERS, body), 'user_required');
    const rows = await stage.system.query(`SELECT FROM "user" WHERE email = $1`, [body.email]);
    expect(rows).toHaveLength(0);
  });

  it.each(WHO)('is not made of a user by %s', async (who) => {
    const { id } = await stage.system.asUser();
    const answer = await callers[who]!.put(`${USERS}/${id}/role`, { role: 'admin' });
    expectProblem(answer, 'user_required');
    expect(await stateOf(id)).toMatchObject([{ role: 'user' }]);
  });

  it('is not created by the endpoint of the auth server for clients', async () => {
    const { authUrl } = stage.system.settings;
    const { clientId } = await stage.register({ type: 'machine', scopes: ['users:write'] });
    const headers = {
      origin: authUrl,
      'x-gatehouse-internal-key': INTERNAL_SECRET,
      'x-gatehouse-client-address': '203.0.113.9',
      'x-gatehouse-acting-client': clientId,
    };
    const create = (role: string) =>
      new Caller(authUrl).post(
        '/api/auth/gatehouse/users',
        { email: `${role}-by-key@example.com`, name: 'New', role },
        headers,
      );
    expect(await create('admin')).toMatchObject({ status: 403, body: { code: 'USER_REQUIRED' } });
    expect((await create('user')).status).toBe(200);
  });

  it.each(CHANGES)('is changed by one who signed in directly: %s %s', async (...change) => {
    const [method, template, body] = change;
    const target = await stage.system.asNewAdmin();
    const path = await pathOf(template, target);
    const { status } = await admin.caller.call(method, path, {
      body: body && 'email' in body ? { email: `${target.id.toLowerCase()}@example.com` } : body,
    });
    expect(status).toBeLessThan(300);
  });
});

describe('a call of the API for a user', () => {
  const sessionOf = (token: string) =>
    new Caller(stage.system.settings.authUrl).get<{ user: { id: string } }>(
      '/api/auth/get-session',
      { 'x-gatehouse-internal-key': INTERNAL_SECRET, 'x-gatehouse-caller-token': token },
    );

  it('acts in the session of the access token', async () => {
    const { id, accessToken } = await stage.system.asUser();
    expect((await sessionOf(accessToken)).body.user.id).toBe(id);
  });

  it('is refused with the payload of one token and the signature of another', async () => {
    const { accessToken } = await stage.system.asUser();
    const [head, , signature] = accessToken.split('.');
    const forged = [head, admin.accessToken.split('.')[1], signature].join('.');
    const refused = { status: 401, body: { code: 'SESSION_ENDED' } };
    expect(await sessionOf(forged)).toMatchObject(refused);
  });
});

/** Sends the request while a transaction promotes the user, and commits when the request waits. */
async function whilePromoted(
  { id }: SignedInUser,
  send: () => Promise<Answer<unknown>>,
): Promise<Answer<unknown>> {
  const promotion = new Client(stage.system.database.url);
  await promotion.connect();
  try {
    await promotion.query('BEGIN');
    await promotion.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [id]);
    const answer = send();
    await eventually(async () => {
      const waiting = await stage.system.query(
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(waiting.length).toBeGreaterThan(0);
    });
    await promotion.query('COMMIT');
    return await answer;
  } finally {
    await promotion.end();
  }
}

describe('a change of a user by a client', () => {
  it('of an administrator names the user as actor and the client in the detail', async () => {
    const given = { email: 'by-client@example.com', name: 'Made' };
    const { body } = await callers[ACTING]!.post<User>(USERS, given);
    await callers[ACTING]!.patch(`${USERS}/${body.id}`, { name: 'Renamed' });
    const query = `/api/v1/admin/audit-events?subject=${body.id}`;
    const events = (await admin.caller.get<AuditEventPage>(query)).body.items;
    const actor = { type: 'user', id: admin.id };
    const detail = { clientId: clientIds[ACTING] };
    expect(events).toMatchObject([
      { action: 'user.updated', actor, detail },
      { action: 'user.created', actor, detail },
    ]);
  });

  it('of an administrator names the client in events of the auth server', async () => {
    const target = await stage.system.asUser();
    const { status } = await callers[ACTING]!.post(`${USERS}/${target.id}/password-reset`);
    expect(status).toBe(202);
    const query = `/api/v1/admin/audit-events?subject=${target.id}&action=user.password_reset_requested`;
    const { items } = (await admin.caller.get<AuditEventPage>(query)).body;
    expect(items).toMatchObject([
      { actor: { id: admin.id }, detail: { clientId: clientIds[ACTING] } },
    ]);
  });

  it('who signed in directly names no client', async () => {
    const target = await stage.system.asUser();
    await admin.caller.patch(`${USERS}/${target.id}`, { name: 'Renamed' });
    const query = `/api/v1/admin/audit-events?subject=${target.id}&action=user.updated`;
    const { items } = (await admin.caller.get<AuditEventPage>(query)).body;
    expect(items).toMatchObject([{ actor: { type: 'user', id: admin.id }, detail: null }]);
  });
});
