import { readEvents, visit } from './ledger';
import { InProcessSystem } from '../support/in-process-system';
import { PASSWORD, type SignedInUser } from '../support/system';

const log: string[] = [];

let system: InProcessSystem;
let root: SignedInUser;

beforeAll(async () => {
  system = await InProcessSystem.start({ log });
  root = await system.asAdmin();
});

afterAll(() => system.stop());

/** From now on every insert of an event fails. */
async function refuseEvents(): Promise<void> {
  await system.query(
    'ALTER TABLE audit_event ADD CONSTRAINT audit_event_none CHECK (false) NOT VALID',
  );
}

async function takeEventsAgain(): Promise<void> {
  await system.query('ALTER TABLE audit_event DROP CONSTRAINT IF EXISTS audit_event_none');
}

afterEach(takeEventsAgain);

const countEvents = async (): Promise<number> =>
  (await system.query<{ count: number }>('SELECT count(*)::int AS count FROM audit_event'))[0]!
    .count;

/** All rows of a user that a change can affect. */
async function readUser(id: string): Promise<unknown> {
  const user = await system.query('SELECT * FROM "user" WHERE id = $1', [id]);
  const sessions = await system.query('SELECT id FROM session WHERE user_id = $1 ORDER BY id', [
    id,
  ]);
  return { user, sessions };
}

interface Change {
  name: string;
  method: string;
  path: (id: string) => string;
  body?: object;
  by: 'root' | 'ann';
}

const CHANGES: Change[] = [
  { name: 'a sign-out', method: 'POST', path: () => '/auth/sign-out', by: 'ann' },
  {
    name: 'an own profile',
    method: 'PATCH',
    path: () => '/users/me',
    body: { name: 'B' },
    by: 'ann',
  },
  { name: 'own other sessions', method: 'DELETE', path: () => '/users/me/sessions', by: 'ann' },
  { name: 'an own account', method: 'DELETE', path: () => '/users/me', by: 'ann' },
  {
    name: 'a role',
    method: 'PUT',
    path: (id) => `/admin/users/${id}/role`,
    body: { role: 'admin' },
    by: 'root',
  },
  { name: 'a ban', method: 'PUT', path: (id) => `/admin/users/${id}/ban`, body: {}, by: 'root' },
  {
    name: "a user's profile",
    method: 'PATCH',
    path: (id) => `/admin/users/${id}`,
    body: { name: 'B' },
    by: 'root',
  },
  { name: 'a user', method: 'DELETE', path: (id) => `/admin/users/${id}`, by: 'root' },
  {
    name: "a user's sessions",
    method: 'DELETE',
    path: (id) => `/admin/users/${id}/sessions`,
    by: 'root',
  },
];

async function asUserOnTwoDevices(): Promise<SignedInUser> {
  const ann = await system.asUser();
  await system.signIn({ email: ann.email, password: PASSWORD });
  return ann;
}

async function make({ method, path, body, by }: Change, ann: SignedInUser) {
  const bearer = (by === 'ann' ? ann : root).accessToken;
  const url = `${system.apiUrl}/api/v1${path(ann.id)}`;
  return visit({ method, url, body, bearer });
}

describe('a change by the API', () => {
  it.each(CHANGES)('is rolled back when its event cannot be written: $name', async (change) => {
    const ann = await asUserOnTwoDevices();
    const before = await readUser(ann.id);
    await refuseEvents();
    const { status, body } = await make(change, ann);
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal_error' });
    expect(JSON.stringify(body)).not.toMatch(/audit|constraint|sql/i);
    await expect(readUser(ann.id)).resolves.toEqual(before);
    await takeEventsAgain();
    expect((await make(change, ann)).status).toBeLessThan(300);
    await expect(readUser(ann.id)).resolves.not.toEqual(before);
  });

  it.each(CHANGES)('writes no event when the change fails: $name', async (change) => {
    const ann = await asUserOnTwoDevices();
    await refuseChanges();
    const count = await countEvents();
    const { status, requestId } = await make(change, ann);
    await allowChanges();
    expect(status).toBe(500);
    await expect(readEvents(system, requestId)).resolves.toEqual([]);
    await expect(countEvents()).resolves.toBe(count);
  });
});

/** Changes of users and ends of sessions fail at commit. */
async function refuseChanges(): Promise<void> {
  await system.query(`CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no change today'; END $$`);
  for (const table of ['user', 'session']) {
    await system.query(`CREATE CONSTRAINT TRIGGER refuse_change AFTER UPDATE OR DELETE ON "${table}"
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
  }
}

async function allowChanges(): Promise<void> {
  await system.query('DROP FUNCTION refuse_change CASCADE');
}

describe('a request to Better-Auth whose event cannot be written', () => {
  const signIn = (email: string) =>
    visit({
      url: `${system.settings.authUrl}/api/auth/sign-in/email`,
      body: { email, password: PASSWORD },
    });

  it('fails, returns no session, and is logged', async () => {
    const ann = await system.asUser();
    await refuseEvents();
    const { status, body, headers, requestId } = await signIn(ann.email);
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'INTERNAL_SERVER_ERROR' });
    expect(headers.getSetCookie()).toEqual([]);
    expect(headers.get('set-auth-token')).toBeNull();
    const line = log.find((text) => text.includes(requestId) && text.includes('request failed'));
    expect(line).toMatch(/audit_event/);
  });

  it('fails through the API as well', async () => {
    const ann = await system.asUser();
    await refuseEvents();
    const body = { email: ann.email, password: PASSWORD };
    const answer = await system.asAnonymous().post('/api/v1/auth/sign-in', body);
    expect(answer).toMatchObject({ status: 502, body: { code: 'auth_server_failed' } });
    expect(JSON.stringify(answer.body)).not.toContain('Token');
  });
});
