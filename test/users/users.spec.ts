import type { User } from '../../src/users/user.schemas';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { send } from '../support/raw-http';
import { type SignedInUser, System } from '../support/system';

const ME = '/api/v1/users/me';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

describe('the own profile', () => {
  let ada: SignedInUser;

  beforeAll(async () => {
    ada = await system.asUser({ email: 'Ada@Example.com', name: '  Ada Lovelace ' });
  });

  it('shows its fields, times in UTC, and no credential', async () => {
    const { status, body } = await ada.caller.get<User>(ME);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: ada.id,
      email: 'ada@example.com',
      emailVerified: false,
      name: 'Ada Lovelace',
      image: null,
      role: 'user',
      banned: false,
      banReason: null,
      banExpires: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('accepts a new name and picture, and keeps omitted fields', async () => {
    const image = 'https://example.com/ada.png?size=2#face';
    const named = await ada.caller.patch<User>(ME, { name: ' Ada King ' });
    expect(named).toMatchObject({ status: 200, body: { name: 'Ada King', image: null } });
    const pictured = await ada.caller.patch<User>(ME, { image });
    expect(pictured).toMatchObject({ status: 200, body: { name: 'Ada King', image } });
    const bare = await ada.caller.patch<User>(ME, { image: null });
    expect(bare).toMatchObject({ status: 200, body: { name: 'Ada King', image: null } });
    expect((await ada.caller.get<User>(ME)).body).toEqual(bare.body);
  });

  it.each([
    'Ωμέγα',
    '王小明',
    '🏳️‍🌈',
    "O'Brien; DROP TABLE",
    'a'.repeat(200),
    '🦊'.repeat(200),
    'مريم',
    '%_\\',
  ])('stores the name %s unchanged', async (name) => {
    await ada.caller.patch(ME, { name });
    expect((await ada.caller.get<User>(ME)).body.name).toBe(name);
  });

  it('changes updatedAt, and keeps createdAt', async () => {
    const { body: before } = await ada.caller.get<User>(ME);
    const { body: after } = await ada.caller.patch<User>(ME, { name: 'Later' });
    expect(after.createdAt).toBe(before.createdAt);
    expect(Date.parse(after.updatedAt)).toBeGreaterThanOrEqual(Date.parse(before.updatedAt));
    expect(Math.abs(Date.now() - Date.parse(after.updatedAt))).toBeLessThan(60_000);
  });

  it.each(['email', 'emailVerified', 'role', 'banned', 'id', 'password', 'createdAt'])(
    'refuses a change of %s',
    async (field) => {
      const answer = await ada.caller.patch(ME, { name: 'Sneaky', [field]: true });
      const { errors } = expectProblem(answer, 'validation_failed');
      expect(errors).toEqual([{ pointer: `/${field}`, detail: 'Unknown field' }]);
      expect((await ada.caller.get<User>(ME)).body.name).not.toBe('Sneaky');
    },
  );

  it.each(['a'.repeat(201), '🦊'.repeat(201), 'a\u0000', 'A\u202egpj', '\u2066a', ' \t '])(
    'refuses the name %j',
    async (name) => {
      const { errors } = expectProblem(await ada.caller.patch(ME, { name }), 'validation_failed');
      expect(errors!.map(({ pointer }) => pointer)).toEqual(['/name']);
    },
  );

  it('requires at least one change', async () => {
    const { errors } = expectProblem(await ada.caller.patch(ME, {}), 'validation_failed');
    expect(errors).toEqual([{ pointer: '', detail: 'Name at least one field to change' }]);
  });
});

describe('a conditional GET of the profile', () => {
  let ada: SignedInUser;
  let etag: string;
  let length: string;

  beforeAll(async () => {
    ada = await system.asUser();
    const { headers } = await ada.caller.get(ME);
    etag = headers.get('etag')!;
    length = headers.get('content-length')!;
  });

  it.each(['GET', 'HEAD'])('by %s returns 304 while it is unchanged', async (method) => {
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const headers = {
        authorization: `Bearer ${ada.accessToken}`,
        'if-none-match': known,
      };
      const answer = await send(system.apiUrl, { method, path: ME, headers });
      expect(answer).toMatchObject({ status: 304, text: '' });
      expect(answer.headers).toMatchObject({ etag: [etag], 'cache-control': ['no-store'] });
      expect(answer.headers['x-request-id']).toHaveLength(1);
      expect(answer.headers['content-type']).toBeUndefined();
      // RFC 9110, section 8.6: only the length of the representation.
      expect([undefined, length]).toContain(answer.headers['content-length']?.[0]);
    }
  });

  it.each(['"other"', '', 'W/"other"'])('returns the profile for %s', async (known) => {
    const answer = await ada.caller.get<User>(ME, { 'if-none-match': known });
    expect(answer).toMatchObject({ status: 200, body: { id: ada.id } });
  });

  it('returns the profile after a change, and 401 without a token', async () => {
    const eve = await system.asUser();
    const old = (await eve.caller.get(ME)).headers.get('etag')!;
    await eve.caller.patch(ME, { name: 'Changed' });
    expect((await eve.caller.get(ME, { 'if-none-match': old })).status).toBe(200);
    const answer = await system.asAnonymous().get(ME, { 'if-none-match': '*' });
    expectProblem(answer, 'missing_token');
  });
});

describe('a conditional change', () => {
  let ada: SignedInUser;
  let etag: string;

  const rename = (ifMatch: string, name = 'New') =>
    ada.caller.patch<User>(ME, { name }, { 'if-match': ifMatch });

  beforeEach(async () => {
    ada = await system.asUser();
    etag = (await ada.caller.get(ME)).headers.get('etag')!;
  });

  it('has a strong tag that stays while the profile is unchanged', async () => {
    expect(etag).toMatch(/^"[\w-]{20,}"$/);
    expect((await ada.caller.get(ME)).headers.get('etag')).toBe(etag);
  });

  it('succeeds when the profile is unchanged, and returns the next tag', async () => {
    const { status, headers } = await rename(etag);
    expect(status).toBe(200);
    expect(headers.get('etag')).not.toBe(etag);
    expect((await ada.caller.get(ME)).headers.get('etag')).toBe(headers.get('etag'));
    expect((await rename(headers.get('etag')!, 'Newer')).status).toBe(200);
  });

  it('is refused after a change by any caller', async () => {
    await system.query(`UPDATE "user" SET email_verified = true WHERE id = $1`, [ada.id]);
    expectProblem(await rename(etag), 'precondition_failed');
    // The API hears of the change a moment after its commit.
    await eventually(async () => {
      const current = await ada.caller.get<User>(ME);
      expect(current.body.name).not.toBe('New');
      expect((await rename(current.headers.get('etag')!)).status).toBe(200);
    });
  });

  it.each([
    ['a weak tag, which proves nothing', () => `W/${etag}`],
    ['the tag without its quotes', () => etag.slice(1, -1)],
    ['the tag of something else', () => '"another"'],
    ['a list without the tag', () => '"one", "two"'],
    ['nothing', () => ''],
  ])('is refused with %s', async (_title, ifMatch) => {
    expectProblem(await rename(ifMatch()), 'precondition_failed');
  });

  it.each([
    ['any state that there is', () => '*'],
    ['a list that holds the tag', () => `"one" ,${etag}, W/"two"`],
  ])('succeeds with %s', async (_title, ifMatch) => {
    expect((await rename(ifMatch())).status).toBe(200);
  });

  it('is refused also for a deletion', async () => {
    const late = await ada.caller.delete(ME, { 'if-match': '"late"' });
    expectProblem(late, 'precondition_failed');
    expect((await ada.caller.delete(ME, { 'if-match': etag })).status).toBe(204);
  });

  it('validates the body before the tag', async () => {
    expectProblem(await rename('"stale"', ''), 'validation_failed');
  });

  it('succeeds for one of several concurrent requests with the same tag', async () => {
    for (let round = 0; round < 5; round += 1) {
      const tag = (await ada.caller.get(ME)).headers.get('etag')!;
      const names = Array.from({ length: 4 }, (_, index) => `Name ${round}.${index}`);
      const answers = await Promise.all(names.map((name) => rename(tag, name)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      const lost = answers.filter(({ status }) => status !== 200);
      for (const answer of lost) expectProblem(answer, 'precondition_failed');
      expect((await ada.caller.get<User>(ME)).body).toEqual(won[0]!.body);
    }
  });
});

describe('a user by id', () => {
  let ada: SignedInUser;
  let bob: SignedInUser;

  beforeAll(async () => {
    [ada, bob] = [await system.asUser(), await system.asUser()];
  });

  it('is visible to the user', async () => {
    const { body } = await ada.caller.get<User>(ME);
    expect(await ada.caller.get(`/api/v1/users/${ada.id}`)).toMatchObject({ status: 200, body });
  });

  it('is visible to administrators, also when banned', async () => {
    const admin = await system.asAdmin();
    await admin.caller.put(`/api/v1/admin/users/${bob.id}/ban`, { reason: 'Spam' });
    const answer = await admin.caller.get(`/api/v1/users/${bob.id}`);
    expect(answer).toMatchObject({ status: 200, body: { id: bob.id, banned: true } });
    expectProblem(await admin.caller.get('/api/v1/users/nobody'), 'not_found');
  });

  it('is 403 for others, whether it exists or not', async () => {
    const existing = expectProblem(await ada.caller.get(`/api/v1/users/${bob.id}`), 'forbidden');
    const missing = expectProblem(await ada.caller.get('/api/v1/users/nobody'), 'forbidden');
    const same = { instance: '', requestId: '' };
    expect({ ...missing, ...same }).toEqual({ ...existing, ...same });
  });

  it('is visible to a user who became an administrator, with an earlier token', async () => {
    const eve = await system.asUser();
    expectProblem(await eve.caller.get(`/api/v1/users/${ada.id}`), 'forbidden');
    const admin = await system.asAdmin();
    await admin.caller.put(`/api/v1/admin/users/${eve.id}/role`, { role: 'admin' });
    expect((await eve.caller.get(`/api/v1/users/${ada.id}`)).status).toBe(200);
  });
});
