import {
  describeEvent,
  type LoggedEvent,
  readEvents,
  USER_AGENT,
  visit,
  type Visit,
} from './ledger';
import { PASSWORD, type SignedInUser, System } from '../support/system';

let system: System;
let root: SignedInUser;

beforeAll(async () => {
  system = await System.start();
  root = await system.asAdmin();
});

afterAll(() => system.stop());

interface Action {
  name: string;
  /** @returns the request: by Ann unless it names another caller. */
  request: (ann: SignedInUser) => Promise<Omit<Visit, 'url'> & { path: string }>;
  events: string[];
  values?: Partial<Pick<LoggedEvent, 'before' | 'after' | 'detail'>>[];
}

const byRoot =
  (method: string, path: (id: string) => string, body?: object) => (ann: SignedInUser) =>
    Promise.resolve({
      method,
      path: `/admin/users${path(ann.id)}`,
      body,
      bearer: root.accessToken,
    });

const byAnn = (method: string, path: string, body?: object) => (ann: SignedInUser) =>
  Promise.resolve({ method, path, body, bearer: ann.accessToken });

const byNobody = (path: string, body: (ann: SignedInUser) => object) => (ann: SignedInUser) =>
  Promise.resolve({ path, body: body(ann) });

async function otherSession({ email }: SignedInUser): Promise<string> {
  const { accessToken } = await system.signIn({ email, password: PASSWORD });
  return JSON.parse(atob(accessToken.split('.')[1]!)).sid as string;
}

/** Prepares the state that the request changes. */
async function first<T>(preparation: Promise<unknown>, request: Promise<T>): Promise<T> {
  await preparation;
  return request;
}

const ACTIONS: Action[] = [
  {
    name: 'a sign-in',
    request: byNobody('/auth/sign-in', ({ email }) => ({ email, password: PASSWORD })),
    events: ['user.signed_in by Ann about Ann'],
    values: [{ detail: { method: 'password', sessionId: expect.any(String) } }],
  },
  {
    name: 'a sign-in with a wrong password',
    request: byNobody('/auth/sign-in', ({ email }) => ({ email, password: `${PASSWORD}?` })),
    events: ['failed user.sign_in_failed by anonymous about Ann'],
    values: [{ detail: { method: 'password', reason: 'INVALID_EMAIL_OR_PASSWORD' } }],
  },
  {
    name: 'a sign-in with an unknown e-mail address',
    request: byNobody('/auth/sign-in', () => ({ email: 'who@example.com', password: PASSWORD })),
    events: ['failed user.sign_in_failed by anonymous about nobody'],
  },
  {
    name: 'a sign-in of someone who is banned',
    request: (ann) =>
      first(
        system.query('UPDATE "user" SET banned = true WHERE id = $1', [ann.id]),
        byNobody('/auth/sign-in', ({ email }) => ({ email, password: PASSWORD }))(ann),
      ),
    events: ['failed user.sign_in_failed by anonymous about Ann'],
    values: [{ detail: { method: 'password', reason: 'BANNED_USER' } }],
  },
  {
    name: 'a sign-out',
    request: byAnn('POST', '/auth/sign-out'),
    events: ['user.signed_out by Ann about Ann'],
  },
  {
    name: 'a change of the own profile',
    request: byAnn('PATCH', '/users/me', { name: 'Anna' }),
    events: ['user.updated by Ann about Ann'],
    values: [{ before: { name: 'Ann' }, after: { name: 'Anna' } }],
  },
  {
    name: 'a change of the own profile that changes nothing',
    request: byAnn('PATCH', '/users/me', { name: 'Ann' }),
    events: [],
  },
  {
    name: 'ending one of the own sessions',
    request: async (ann) => byAnn('DELETE', `/users/me/sessions/${await otherSession(ann)}`)(ann),
    events: ['session.revoked by Ann about Ann'],
    values: [{ before: expect.objectContaining({ sessionId: expect.any(String) }) }],
  },
  {
    name: 'ending a session that is not there',
    request: byAnn('DELETE', '/users/me/sessions/none'),
    events: [],
  },
  {
    name: 'ending all other own sessions when there are none',
    request: byAnn('DELETE', '/users/me/sessions'),
    events: [],
  },
  {
    name: 'ending all other own sessions',
    request: (ann) => first(otherSession(ann), byAnn('DELETE', '/users/me/sessions')(ann)),
    events: ['session.others_revoked by Ann about Ann'],
    values: [{ detail: { sessions: 1 } }],
  },
  {
    name: 'the export of the own data',
    request: byAnn('GET', '/users/me/export'),
    events: ['user.exported by Ann about Ann'],
  },
  {
    name: 'the deletion of the own account',
    request: byAnn('DELETE', '/users/me'),
    events: ['user.deleted by Ann about Ann'],
    values: [{ before: { role: 'user' } }],
  },
  {
    name: "an administrator's change of a profile and an address",
    request: byRoot('PATCH', (id) => `/${id}`, { name: 'Anna', email: 'anna@example.com' }),
    events: ['user.updated by Root about Ann', 'user.email_changed by Root about Ann'],
    values: [
      { before: { name: 'Ann' }, after: { name: 'Anna' } },
      { before: { email: expect.any(String) }, after: { email: 'anna@example.com' } },
    ],
  },
  {
    name: 'a change of an address that is taken',
    request: byRoot('PATCH', (id) => `/${id}`, { email: 'admin@example.com' }),
    events: [],
  },
  {
    name: 'a deletion by an administrator',
    request: byRoot('DELETE', (id) => `/${id}`),
    events: ['user.deleted by Root about Ann'],
  },
  {
    name: 'a change of the role',
    request: byRoot('PUT', (id) => `/${id}/role`, { role: 'admin' }),
    events: ['user.role_changed by Root about Ann'],
    values: [{ before: { role: 'user' }, after: { role: 'admin' } }],
  },
  {
    name: 'a role that is the same as before',
    request: byRoot('PUT', (id) => `/${id}/role`, { role: 'user' }),
    events: [],
  },
  {
    name: 'a ban',
    request: byRoot('PUT', (id) => `/${id}/ban`, { reason: 'Sent spam' }),
    events: ['user.banned by Root about Ann'],
    values: [
      {
        before: { banned: false, banReason: null, banExpires: null },
        after: { banned: true, banReason: 'Sent spam', banExpires: null },
      },
    ],
  },
  {
    name: 'the end of a ban',
    request: (ann) =>
      first(
        system.query('UPDATE "user" SET banned = true WHERE id = $1', [ann.id]),
        byRoot('DELETE', (id) => `/${id}/ban`)(ann),
      ),
    events: ['user.unbanned by Root about Ann'],
  },
  {
    name: "an administrator ending all of a user's sessions",
    request: byRoot('DELETE', (id) => `/${id}/sessions`),
    events: ['session.all_revoked by Root about Ann'],
    values: [{ detail: { sessions: 1 } }],
  },
  {
    name: "an administrator ending one of a user's sessions",
    request: async (ann) => {
      const sessionId = await otherSession(ann);
      return byRoot('DELETE', (id) => `/${id}/sessions/${sessionId}`)(ann);
    },
    events: ['session.revoked by Root about Ann'],
  },
  {
    name: 'a mail for a new password',
    request: byRoot('POST', (id) => `/${id}/password-reset`),
    events: ['user.password_reset_requested by Root about Ann'],
  },
  {
    name: 'acting as someone else',
    request: byRoot('POST', (id) => `/${id}/impersonate`),
    events: ['impersonation.started by Root about Ann'],
  },
  {
    name: 'what is done while acting as someone else',
    request: (ann) => asAnn(ann, 'PATCH', '/users/me', { name: 'Anna' }),
    events: ['user.updated by Ann through Root about Ann'],
  },
  {
    name: 'the end of acting as someone else',
    request: (ann) => asAnn(ann, 'POST', '/auth/sign-out'),
    events: ['impersonation.stopped by Ann through Root about Ann'],
  },
  {
    name: 'a deletion while acting as someone else',
    request: (ann) => asAnn(ann, 'DELETE', '/users/me'),
    events: ['user.deleted by Ann through Root about Ann'],
  },
];

async function asAnn({ id }: SignedInUser, method: string, path: string, body?: object) {
  const { body: tokens } = await root.caller.post<{ accessToken: string }>(
    `/api/v1/admin/users/${id}/impersonate`,
  );
  return { method, path, body, bearer: tokens.accessToken };
}

describe('the audit log of the API', () => {
  const isRecorded = ({ events }: Action) => events.length > 0;

  it.each(ACTIONS.filter((action) => !isRecorded(action)))(
    'has no event for $name',
    async ({ request }) => {
      const ann = await system.asUser({ name: 'Ann' });
      const { path, ...rest } = await request(ann);
      const { requestId } = await visit({ ...rest, url: `${system.apiUrl}/api/v1${path}` });
      await expect(readEvents(system, requestId)).resolves.toEqual([]);
    },
  );

  it.each(ACTIONS.filter(isRecorded))('records $name', async ({ request, events, values = [] }) => {
    const ann = await system.asUser({ name: 'Ann' });
    const { path, ...rest } = await request(ann);
    const { requestId } = await visit({ ...rest, url: `${system.apiUrl}/api/v1${path}` });
    const found = await readEvents(system, requestId);
    const names = { [ann.id]: 'Ann', [root.id]: 'Root' };
    expect(found.map((event) => describeEvent(event, names))).toEqual(events);
    values.forEach((value, index) => expect(found[index]).toMatchObject(value));
    for (const event of found) {
      expect(event.ip_address).toMatch(/^(127\.0\.0\.1|::1)$/);
      expect(event.user_agent).toBe(USER_AGENT);
    }
  });

  it('records a sign-up, and a user whom an administrator creates', async () => {
    const signUp = { email: 'new@example.com', password: PASSWORD, name: 'New' };
    const { body, requestId } = await visit({
      url: `${system.apiUrl}/api/v1/auth/sign-up`,
      body: signUp,
    });
    const { id } = body.user as { id: string };
    const names = { [id]: 'New' };
    expect(
      (await readEvents(system, requestId)).map((event) => describeEvent(event, names)),
    ).toEqual(['user.signed_up by New about New', 'user.signed_in by New about New']);
    const created = await visit({
      url: `${system.apiUrl}/api/v1/admin/users`,
      body: { email: 'made@example.com', password: PASSWORD, name: 'Made', role: 'admin' },
      bearer: root.accessToken,
    });
    const [event] = await readEvents(system, created.requestId);
    expect(event).toMatchObject({
      action: 'user.created',
      actor_id: root.id,
      subject_id: (created.body as { id?: string }).id,
      after: { email: 'made@example.com', name: 'Made', role: 'admin' },
    });
  });

  it('keeps events of a deleted user', async () => {
    const ann = await system.asUser();
    await ann.caller.delete('/api/v1/users/me');
    const query = `${system.apiUrl}/api/v1/admin/audit-events?subject=${ann.id}`;
    const { body } = await root.caller.get<{ items: { action: string }[] }>(
      query.slice(system.apiUrl.length),
    );
    expect(body.items.map(({ action }) => action)).toEqual([
      'user.deleted',
      'user.signed_in',
      'user.signed_up',
    ]);
  });
});
