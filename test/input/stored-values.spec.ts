import type { Caller } from '../support/caller';
import { send } from '../support/raw-http';
import { PASSWORD, type SignedInUser, System } from '../support/system';

const DECOMPOSED = 'Rene\u0301e A\u030angstro\u0308m';
const COMPOSED = DECOMPOSED.normalize('NFC');

let system: System;
let admin: SignedInUser;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  admin = await system.asAdmin();
});
afterAll(() => system.stop());

function callAuth(path: string, { body, bearer }: { body?: object; bearer?: string } = {}) {
  return send(system.settings.authUrl, {
    method: body ? 'POST' : 'GET',
    path: `/api/auth${path}`,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(bearer && { authorization: `Bearer ${bearer}` }),
    },
    body: body && JSON.stringify(body),
  });
}

async function nameOf(email: string): Promise<string> {
  const sql = 'SELECT name FROM "user" WHERE email = $1';
  const [row] = await system.query<{ name: string }>(sql, [email]);
  return row!.name;
}

describe('a name is stored in NFC', () => {
  it('at the sign-up at the auth server', async () => {
    const body = { email: 'signed-up@example.com', password: PASSWORD, name: DECOMPOSED };
    expect((await callAuth('/sign-up/email', { body })).status).toBe(200);
    expect(await nameOf(body.email)).toBe(COMPOSED);
  });

  it('at a change through the API, which also returns it so', async () => {
    const ann = await system.asUser();
    const answer = await ann.caller.patch('/api/v1/users/me', { name: DECOMPOSED });
    expect(answer).toMatchObject({ status: 200, body: { name: COMPOSED } });
    expect(await nameOf(ann.email)).toBe(COMPOSED);
  });

  it('at a change by an administrator or by another writer', async () => {
    const ben = await system.asUser();
    const body = { userId: ben.id, data: { name: DECOMPOSED } };
    await callAuth('/admin/update-user', { body, bearer: admin.refreshToken });
    expect(await nameOf(ben.email)).toBe(COMPOSED);
    await system.query('UPDATE "user" SET name = $1 WHERE id = $2', [DECOMPOSED, ben.id]);
    expect(await nameOf(ben.email)).toBe(COMPOSED);
  });
});

it.each(['', ' \u2028', '\u200b\u3164', 'A\u202eb', 'A\u061cb', 'x'.repeat(201)])(
  'a name is not %j at the auth server',
  async (name) => {
    const body = { email: 'no-name@example.com', password: PASSWORD, name };
    const { status, text } = await callAuth('/sign-up/email', { body });
    expect([status, text]).toEqual([400, expect.stringContaining('INVALID_NAME')]);
  },
);

describe('a ban', () => {
  it.each([
    ['longer than at the API', 'x'.repeat(501)],
    ['with a control character', 'spam\u001b[31m'],
    ['that changes the direction of text', 'spam\u2067'],
    ['that is no text', 5],
  ])('has no reason %s', async (_title, reason) => {
    const { id: userId } = await system.asUser();
    const bearer = admin.refreshToken;
    const bans = [
      ['/admin/ban-user', { userId, banReason: reason }],
      ['/admin/update-user', { userId, data: { banned: true, banReason: reason } }],
    ] as const;
    for (const [path, body] of bans) {
      expect((await callAuth(path, { body, bearer })).status).toBe(400);
    }
    const sql = 'SELECT banned FROM "user" WHERE id = $1';
    expect(await system.query(sql, [userId])).toEqual([{ banned: false }]);
  });

  it.each(['infinity', '33715-01-01', '-infinity', '0044-03-15 BC'])(
    'until %s breaks no list',
    async (end) => {
      const { id, email } = await system.asUser();
      await system.query('UPDATE "user" SET banned = true, ban_expires = $1 WHERE id = $2', [
        end,
        id,
      ]);
      const isInForce = !/-inf|BC/.test(end);
      const listed = await admin.caller.get<{ items: object[] }>(
        `/api/v1/admin/users?search=${email}`,
      );
      expect(listed.status).toBe(200);
      expect(listed.body.items).toEqual([
        expect.objectContaining({ id, banned: isInForce, banExpires: null }),
      ]);
      const bearer = admin.refreshToken;
      const own = await callAuth(`/admin/list-users?searchField=email&searchValue=${email}`, {
        bearer,
      });
      expect([own.status, own.text]).toEqual([200, expect.stringContaining(id)]);
    },
  );

  // An end in the past ended the sessions without a ban, and 0 seconds were a ban without an end.
  it.each([0, -1, -3_600, 1e-9, 1e12, 1e15, 1e300, -1e300])(
    'of %d seconds is refused, and ends no session',
    async (banExpiresIn) => {
      const { id, caller } = await system.asUser();
      const body = { userId: id, banExpiresIn };
      const answer = await callAuth('/admin/ban-user', { body, bearer: admin.refreshToken });
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('INVALID_BAN')]);
      expect((await caller.get('/api/v1/users/me')).status).toBe(200);
    },
  );

  it.each(['2001-01-01', '2001-01-01T00:00:00Z', '+010000-01-01T00:00:00Z', 'x', '', 5, -5, 1e300])(
    'until %j is refused for a user and for a new one',
    async (banExpires) => {
      const { id: userId, caller } = await system.asUser();
      const data = { banned: true, banExpires };
      const newUser = { email: `new-${userId}@example.com`, name: 'New', password: PASSWORD, data };
      const requests = [
        ['/admin/update-user', { userId, data }],
        ['/admin/create-user', newUser],
      ] as const;
      for (const [path, body] of requests) {
        const answer = await callAuth(path, { body, bearer: admin.refreshToken });
        expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('INVALID_BAN')]);
      }
      expect((await caller.get('/api/v1/users/me')).status).toBe(200);
    },
  );

  it('without an end has none, also after a former ban whose end is over', async () => {
    const { id: userId, caller } = await system.asUser();
    await system.query(
      `UPDATE "user" SET ban_expires = now() - interval '1 minute' WHERE id = $1`,
      [userId],
    );
    const body = { userId, data: { banned: true } };
    const answer = await callAuth('/admin/update-user', { body, bearer: admin.refreshToken });
    expect(answer.status).toBe(200);
    const sql = 'SELECT banned, ban_expires FROM "user" WHERE id = $1';
    expect(await system.query(sql, [userId])).toEqual([{ banned: true, ban_expires: null }]);
    expect((await caller.get('/api/v1/users/me')).status).toBe(401);
  });

  it('with an end that is over can be stored with its lift', async () => {
    const { id: userId } = await system.asUser();
    const body = { userId, data: { banned: false, banExpires: '2001-01-01T00:00:00Z' } };
    const answer = await callAuth('/admin/update-user', { body, bearer: admin.refreshToken });
    expect(answer.status).toBe(200);
  });

  it('is accepted with an end from the next minute to the last year', async () => {
    for (const banExpiresIn of [60, 2e11]) {
      const { id: userId, caller } = await system.asUser();
      const body = { userId, banExpiresIn };
      const answer = await callAuth('/admin/ban-user', { body, bearer: admin.refreshToken });
      expect(answer.status).toBe(200);
      expect((await caller.get('/api/v1/users/me')).status).toBe(401);
    }
    const { id: userId } = await system.asUser();
    const body = { userId, data: { banned: true, banExpires: '9999-12-31T23:59:59.999Z' } };
    const answer = await callAuth('/admin/update-user', { body, bearer: admin.refreshToken });
    expect(answer.status).toBe(200);
  });
});

it.each([
  ['0001-01-01Z', 'createdAt'],
  ['9999-12-31 23:59:59.999Z', '-createdAt'],
])('a time of %s breaks no response', async (time, sort) => {
  const ann = await system.asUser();
  await system.query('UPDATE "user" SET created_at = $1, updated_at = $1 WHERE id = $2', [
    time,
    ann.id,
  ]);
  for (const table of ['session', 'account']) {
    await system.query(`UPDATE ${table} SET created_at = $1 WHERE user_id = $2`, [time, ann.id]);
  }
  const expectRead = async (caller: Caller, url: string) => {
    const { status, body } = await caller.get<{ nextCursor?: string }>(`/api/v1${url}`);
    expect([url, status]).toEqual([url, 200]);
    return body;
  };
  for (const own of ['', '/sessions', '/accounts', '/export']) {
    await expectRead(ann.caller, `/users/me${own}`);
  }
  await expectRead(admin.caller, `/admin/users/${ann.id}`);
  await expectRead(admin.caller, `/admin/users/${ann.id}/sessions`);
  const list = `/admin/users?limit=1&sort=${sort}`;
  const { nextCursor } = await expectRead(admin.caller, list);
  await expectRead(admin.caller, `${list}&cursor=${nextCursor}`);
  const signIn = { email: ann.email, password: PASSWORD };
  expect((await system.asAnonymous().post('/api/v1/auth/sign-in', signIn)).status).toBe(200);
  await system.query('UPDATE "user" SET created_at = now() WHERE id = $1', [ann.id]);
});

it('a list of users has at most 100, with each limit', async () => {
  await system.query(`INSERT INTO "user" (id, name, email)
    SELECT 'many-' || i, 'M', 'many-' || i || '@example.com' FROM generate_series(1, 120) i`);
  const bearer = admin.refreshToken;
  for (const [query, most] of [
    ['', 100],
    ['limit=1000000', 100],
    ['limit=0', 100],
    ['limit=-1', 100],
    ['limit=1e9&offset=1', 100],
    ['limit=7', 7],
  ] as const) {
    const { status, text } = await callAuth(`/admin/list-users?${query}`, { bearer });
    expect([query, status, JSON.parse(text).users?.length]).toEqual([query, 200, most]);
  }
});

it('an e-mail address of more than 254 characters is refused', async () => {
  const domain = `${'d'.repeat(60)}.`.repeat(4);
  const body = { email: `${'a'.repeat(60)}@${domain}example`, password: PASSWORD, name: 'Long' };
  const { status, text } = await callAuth('/sign-up/email', { body });
  expect([status, JSON.parse(text).code]).toEqual([400, 'INVALID_EMAIL']);
});
