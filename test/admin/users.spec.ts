import { setTimeout as pause } from 'node:timers/promises';
import type { UserPage } from '../../src/admin/users/users.schemas';
import type { User } from '../../src/users/user.schemas';
import { eventually } from '../support/eventually';
import type { Caller } from '../support/caller';
import { expectProblem } from '../support/problems';
import { PASSWORD, type SignedInUser, System } from '../support/system';

const LIST = '/api/v1/admin/users';

let system: System;
let admin: SignedInUser;

beforeAll(async () => {
  system = await System.start();
  admin = await system.asAdmin();
});

afterAll(() => system.stop());

/** The next page, which must exist. */
async function list(query = '', caller: Caller = admin.caller) {
  const answer = await caller.get<UserPage>(`${LIST}?${query}`);
  expect(answer.status).toBe(200);
  return answer;
}

/** All pages in order, by their cursors. */
async function walk(query: string, between: (page: number) => Promise<unknown> = async () => {}) {
  const ids: string[] = [];
  let cursor: string | null = '';
  for (let page = 0; cursor !== null; page += 1) {
    expect(page).toBeLessThan(100);
    const { body }: { body: UserPage } = await list(cursor ? `${query}&cursor=${cursor}` : query);
    ids.push(...body.items.map(({ id }) => id));
    cursor = body.nextCursor;
    await between(page);
  }
  return ids;
}

/** Rows in PostgreSQL's own order. */
async function idsBy(order: string, condition = 'true'): Promise<string[]> {
  const rows = await system.query<{ id: string }>(
    `SELECT id FROM "user" WHERE ${condition} ORDER BY ${order}`,
  );
  return rows.map(({ id }) => id);
}

interface Row {
  id: string;
  name?: string;
  email?: string;
  role?: string;
  verified?: boolean;
  banned?: boolean;
  banExpires?: string | null;
  createdAt?: string;
}

async function insert(rows: Row[]): Promise<void> {
  await system.query(
    `INSERT INTO "user" (id, name, email, role, email_verified, banned, ban_expires, created_at)
     SELECT id, coalesce(name, id), coalesce(email, lower(id) || '@example.org'), coalesce(role, 'user'),
            coalesce(verified, false), coalesce(banned, false), "banExpires", coalesce("createdAt", now())
       FROM jsonb_to_recordset($1) AS row (id text, name text, email text, role text, verified boolean,
            banned boolean, "banExpires" timestamptz, "createdAt" timestamptz)`,
    [JSON.stringify(rows)],
  );
}

/** Users that another test group may have deleted. */
async function removeAllBut(): Promise<void> {
  await system.query(`DELETE FROM "user" WHERE id <> $1`, [admin.id]);
}

describe('the list of users', () => {
  beforeAll(async () => {
    const roles = ['admin', 'user'];
    const bans = [
      { banned: false },
      { banned: true, banExpires: null },
      { banned: true, banExpires: '2999-01-01T00:00:00Z' },
      { banned: true, banExpires: '2001-01-01T00:00:00Z' },
    ];
    const rows = roles.flatMap((role) =>
      [true, false].flatMap((verified) => bans.map((ban) => ({ role, verified, ...ban }))),
    );
    await insert(
      rows.flatMap((row, index) =>
        // Every name and every time occurs twice, in an order that differs from the ids.
        ['b', 'a'].map((letter) => ({
          ...row,
          id: `${letter}${(index * 7) % 16}`,
          name: `Name ${index % 8}`,
          createdAt: new Date(Date.UTC(2020, 0, 1, 0, 0, 0, index % 8)).toISOString(),
        })),
      ),
    );
  });

  afterAll(removeAllBut);

  it('is newest first, 50 to a page, without a total by default', async () => {
    const { body, headers } = await list();
    expect(body.items.map(({ id }) => id)).toEqual(await idsBy('created_at DESC, id DESC'));
    expect(body).toEqual({ items: body.items, nextCursor: null });
    expect(headers.get('link')).toBeNull();
  });

  it("shows the same fields of a user as the user's own profile", async () => {
    const { body } = await list(`search=${admin.email}`);
    expect(body.items).toEqual([(await admin.caller.get('/api/v1/users/me')).body]);
  });

  it.each([
    ['createdAt', 'created_at, id'],
    ['-createdAt', 'created_at DESC, id DESC'],
    ['email', 'email, id'],
    ['name', 'name, id'],
  ])(
    'in the order %s is complete and without duplicates for every page size',
    async (sort, order) => {
      const expected = await idsBy(order);
      expect(expected).toHaveLength(33);
      for (const limit of [1, 2, 7, 32, 33, 200]) {
        expect(await walk(`sort=${sort}&limit=${limit}`)).toEqual(expected);
      }
    },
  );

  it('is filtered by role, ban and verification, also combined', async () => {
    const inForce = '(banned AND (ban_expires IS NULL OR ban_expires > now()))';
    for (const role of [null, 'admin', 'user']) {
      for (const banned of [null, 'true', 'false']) {
        for (const verified of [null, 'true', 'false']) {
          const query = new URLSearchParams({
            include: 'total',
            limit: '200',
            ...(role && { role }),
            ...(banned && { banned }),
            ...(verified && { emailVerified: verified }),
          });
          const conditions = [
            'true',
            ...(role ? [`role = '${role}'`] : []),
            ...(banned ? [`${inForce} = ${banned}`] : []),
            ...(verified ? [`email_verified = ${verified}`] : []),
          ];
          const expected = await idsBy('created_at DESC, id DESC', conditions.join(' AND '));
          const { body } = await list(query.toString());
          expect({
            query: query.toString(),
            ids: body.items.map(({ id }) => id),
            total: body.total,
          }).toEqual({ query: query.toString(), ids: expected, total: expected.length });
          for (const user of body.items) {
            expect(user.role).toBe(role ?? user.role);
            expect(String(user.banned)).toBe(banned ?? String(user.banned));
            expect(String(user.emailVerified)).toBe(verified ?? String(user.emailVerified));
          }
        }
      }
    }
  });

  it('has pages under a filter, with the total of all pages', async () => {
    const expected = await idsBy('name, id', `role = 'user'`);
    expect(await walk('role=user&sort=name&limit=3')).toEqual(expected);
    const { body } = await list('role=user&sort=name&limit=3&include=total');
    expect(body).toMatchObject({ total: expected.length, nextCursor: expect.any(String) });
    const second = await list(
      `role=user&sort=name&limit=3&include=total&cursor=${body.nextCursor}`,
    );
    expect(second.body.total).toBe(expected.length);
  });

  it('has a Link to the next page that works unchanged', async () => {
    const ids: string[] = [];
    let url = `${LIST}?limit=10&role=user&search=NAME&sort=name`;
    while (url !== '') {
      const { body, headers } = await admin.caller.get<UserPage>(url);
      ids.push(...body.items.map(({ id }) => id));
      const link: string = headers.get('link') ?? '';
      expect(link !== '').toBe(body.nextCursor !== null);
      url = /^<([^>]+)>; rel="next"$/.exec(link)?.[1]?.replace(system.apiUrl, '') ?? '';
    }
    expect(ids).toEqual(await idsBy('name, id', `role = 'user'`));
  });

  it.each(['0', '201', '-1', '1.5', '1e2', 'ten', '', '0x10', '99999', ' 5', '+5'])(
    'refuses the limit %j',
    async (limit) => {
      const answer = await admin.caller.get(`${LIST}?limit=${encodeURIComponent(limit)}`);
      const { errors } = expectProblem(answer, 'validation_failed');
      expect(errors).toEqual([{ pointer: '/limit', detail: expect.stringMatching(/^Must be/) }]);
    },
  );

  it('accepts only its own cursors, with the order of the cursor', async () => {
    const { body } = await list('limit=1&sort=name');
    const own = body.nextCursor!;
    const forged = (...parts: unknown[]) =>
      Buffer.from(JSON.stringify(parts)).toString('base64url');
    const refused = [
      ['name', 'x'],
      ['name', `${own}A`],
      ['name', forged('name', 'x')],
      ['name', forged('name', 1, 'x')],
      ['name', forged('name', 'a\0b', 'x')],
      ['name', forged('name', 'a', 'x\0')],
      ['name', forged('name', 'a', 'x'.repeat(65))],
      ['name', forged('email', 'a', 'x')],
      ['name', Buffer.from('[').toString('base64url')],
      ['name', Buffer.from('null').toString('base64url')],
      ['name', 'a'.repeat(12_001)],
      ['email', own],
      ['createdAt', own],
      ...[
        'garbage',
        '',
        'now',
        'infinity',
        '2020-01-01',
        '2020-02-30T00:00:00.000Z',
        '0000-01-01T00:00:00.000Z',
      ].map((time) => ['createdAt', forged('createdAt', time, 'x')]),
    ];
    for (const [sort, cursor] of refused) {
      const answer = await admin.caller.get(`${LIST}?sort=${sort}&cursor=${cursor}`);
      const { errors } = expectProblem(answer, 'validation_failed');
      expect({ sort, cursor, pointer: errors![0]!.pointer }).toEqual({
        sort,
        cursor,
        pointer: '/cursor',
      });
    }
  });
});

describe('pages of the list during changes', () => {
  const BASE = Array.from({ length: 30 }, (_, index) => index);

  beforeEach(() =>
    insert(
      BASE.map((index) => ({
        id: `old${index}`,
        name: `M ${index % 3}`,
        createdAt: new Date(Date.UTC(2020, 0, 1 + (index % 5))).toISOString(),
      })),
    ),
  );

  afterEach(removeAllBut);

  it.each(['createdAt', '-createdAt', 'email', 'name'])(
    'miss no user and repeat no user in the order %s',
    async (sort) => {
      let count = 0;
      const ids = await walk(`sort=${sort}&limit=4`, async () => {
        count += 1;
        // Before, between and after the existing rows.
        await insert(
          ['A', 'M 1', 'Z'].map((name, place) => ({
            id: `new${sort}${count}-${place}`,
            name,
            email: `${name[0]!.toLowerCase()}${count}.${place}@example.net`,
            createdAt: new Date(Date.UTC(2019 + place, 0, 3)).toISOString(),
          })),
        );
      });
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining(BASE.map((index) => `old${index}`)));
    },
  );

  it('continue when the last row of a page is deleted or renamed', async () => {
    const ids = await walk('sort=name&limit=5', async (page) => {
      if (page === 0) await system.query(`DELETE FROM "user" WHERE id IN ('old12', 'old15')`);
      if (page === 1) await system.query(`UPDATE "user" SET name = 'A' WHERE id = 'old24'`);
    });
    expect(new Set(ids).size).toBe(ids.length);
    const untouched = BASE.filter((index) => ![12, 15, 24].includes(index));
    expect(ids).toEqual(expect.arrayContaining(untouched.map((index) => `old${index}`)));
  });

  it('contain a user whose name is longer than the API allows', async () => {
    await insert(['x', 'y', 'z'].map((id) => ({ id, name: `N${'🦄'.repeat(1500)}${id}` })));
    expect((await walk('sort=name&limit=1')).slice(-3)).toEqual(['x', 'y', 'z']);
  });
});

describe('the search', () => {
  beforeAll(() =>
    insert([
      { id: 'percent', name: '100% sure' },
      { id: 'under', name: 'snake_case' },
      { id: 'back', name: 'back\\slash' },
      { id: 'plain', name: '100 sure snakeXcase backslash' },
      { id: 'upper', name: 'ÉCOLE ΣΟΦΙΑ' },
      { id: 'quote', name: `O'Brien "B"` },
      { id: 'mail', name: 'Somebody', email: 'first.last+tag@sub.example.net' },
      { id: 'emoji', name: 'Unicorn 🦄' },
    ]),
  );

  afterAll(removeAllBut);

  it.each([
    ['a part of a name', 'sure', ['percent', 'plain']],
    ['another case', 'SNAKE', ['plain', 'under']],
    ['a per cent sign', '100%', ['percent']],
    ['an underscore', 'e_c', ['under']],
    ['a backslash', 'k\\s', ['back']],
    ['a backslash at the end', '\\', ['back']],
    ['nothing but wildcards', '%_%', []],
    ['letters beyond ASCII in another case', 'école σοφια', ['upper']],
    ['quotes', `o'brien "b`, ['quote']],
    ['a part of an e-mail', '.LAST+tag@sub', ['mail']],
    ['an emoji', '🦄', ['emoji']],
    ['white space around it', '  somebody ', ['mail']],
    ['half of each', 'Somebody first', []],
    ['a pattern of another language', '.*', []],
  ])('treats %s as text', async (_title, text, expected) => {
    const query = new URLSearchParams({ search: text, sort: 'email', include: 'total' });
    const { body } = await list(query.toString());
    expect(body.items.map(({ id }) => id).sort()).toEqual(expected);
    expect(body.total).toBe(expected.length);
  });
});

describe('a role', () => {
  let ada: SignedInUser;

  beforeAll(async () => {
    ada = await system.asUser();
  });

  it('applies to the next request with an existing token, when given and when taken', async () => {
    expectProblem(await ada.caller.get(LIST), 'forbidden');
    const promoted = await admin.caller.put<User>(`${LIST}/${ada.id}/role`, { role: 'admin' });
    expect(promoted).toMatchObject({ status: 200, body: { id: ada.id, role: 'admin' } });
    await list('', ada.caller);
    const demoted = await admin.caller.put<User>(`${LIST}/${ada.id}/role`, { role: 'user' });
    expect(demoted).toMatchObject({ status: 200, body: { role: 'user' } });
    expectProblem(await ada.caller.get(LIST), 'forbidden');
  });

  it('can be set to its current value', async () => {
    for (const [id, role] of [
      [ada.id, 'user'],
      [admin.id, 'admin'],
    ] as const) {
      const answer = await admin.caller.put<User>(`${LIST}/${id}/role`, { role });
      expect(answer).toMatchObject({ status: 200, body: { role } });
    }
  });

  it.each([{ role: 'owner' }, { role: 'admin,user' }, { role: ['admin'] }, { role: null }, {}])(
    'accepts only the listed roles, not %j',
    async (body) => {
      const answer = await admin.caller.put(`${LIST}/${ada.id}/role`, body);
      const { errors } = expectProblem(answer, 'validation_failed');
      expect(errors).toEqual([{ pointer: '/role', detail: expect.any(String) }]);
    },
  );

  it('of an unknown user cannot be set', async () => {
    expectProblem(await admin.caller.put(`${LIST}/nobody/role`, { role: 'user' }), 'not_found');
  });

  it('of the last administrator cannot be removed, of the last but one it can', async () => {
    const other = await system.asNewAdmin();
    const demote = (id: string) => other.caller.put(`${LIST}/${id}/role`, { role: 'user' });
    expect((await demote(admin.id)).status).toBe(200);
    expectProblem(await demote(other.id), 'last_admin');
    expect((await other.caller.put(`${LIST}/${admin.id}/role`, { role: 'admin' })).status).toBe(
      200,
    );
    expect((await demote(other.id)).status).toBe(200);
  });

  it('ignores banned administrators', async () => {
    const banned = await system.asNewAdmin();
    await admin.caller.put(`${LIST}/${banned.id}/ban`, {});
    const demoteSelf = () => admin.caller.put(`${LIST}/${admin.id}/role`, { role: 'user' });
    expectProblem(await demoteSelf(), 'last_admin');
    // The other administrator is banned and does not count.
    const answer = await admin.caller.put(`${LIST}/${banned.id}/role`, { role: 'user' });
    expect(answer.status).toBe(200);
  });
});

describe('a ban', () => {
  let ada: SignedInUser;

  const ban = (body: object, id = ada.id) => admin.caller.put<User>(`${LIST}/${id}/ban`, body);
  const sessionsOf = (id: string) =>
    system.query('SELECT id FROM session WHERE user_id = $1', [id]);

  beforeEach(async () => {
    ada = await system.asUser();
  });

  it('ends every session at once, and shows the reason to administrators', async () => {
    const { email } = ada;
    const elsewhere = await system.signIn({ email, password: PASSWORD });
    expect(await ban({ reason: ' Sent spam ' })).toMatchObject({
      status: 200,
      body: { banned: true, banReason: 'Sent spam', banExpires: null },
    });
    for (const { caller } of [ada, elsewhere]) {
      expectProblem(await caller.get('/api/v1/users/me'), 'invalid_token');
    }
    expect(await sessionsOf(ada.id)).toEqual([]);
    const signIn = await system
      .asAnonymous()
      .post('/api/v1/auth/sign-in', { email, password: PASSWORD });
    expect(JSON.stringify(expectProblem(signIn, 'banned'))).not.toContain('spam');
  });

  it('needs no reason, and replaces the previous ban', async () => {
    await ban({ reason: 'First', expiresAt: '2999-01-01T00:00:00Z' });
    expect((await ban({})).body).toMatchObject({ banned: true, banReason: null, banExpires: null });
  });

  it('accepts its end in any time zone and shows it in UTC', async () => {
    const { body } = await ban({ expiresAt: '2999-06-01T02:00:00.123+02:00' });
    expect(body.banExpires).toBe('2999-06-01T00:00:00.123Z');
  });

  it.each([
    { expiresAt: '2001-01-01T00:00:00Z' },
    { expiresAt: '2999-02-30T00:00:00Z' },
    { expiresAt: '2999-01-01' },
    { expiresAt: '2999-01-01T00:00:00' },
    { expiresAt: '9999-12-31T23:59:59-14:00' },
    { expiresAt: 32503680000 },
    { expiresAt: null },
    { expiresAt: 'infinity' },
    { reason: '' },
    { reason: 'a'.repeat(501) },
    { reason: 'a\u0000' },
    { reason: 'a\u202e' },
    { until: '2999-01-01T00:00:00Z' },
  ])('with %j is refused', async (body) => {
    const { errors } = expectProblem(await ban(body), 'validation_failed');
    expect(errors!.map(({ pointer }) => pointer)).toEqual([`/${Object.keys(body)[0]}`]);
    expect(await sessionsOf(ada.id)).toHaveLength(1);
  });

  it('with an end expires without a change of the row', async () => {
    const bannedNow = async () => (await list(`banned=true&search=${ada.email}`)).body.items.length;
    await pause((await banBriefly(bannedNow)) - Date.now() + 50);
    expect((await admin.caller.get<User>(`/api/v1/users/${ada.id}`)).body).toMatchObject({
      banned: false,
      banReason: null,
      banExpires: null,
    });
    expect(await bannedNow()).toBe(0);
    expect((await list(`banned=false&search=${ada.email}`)).body.items).toHaveLength(1);
    // Its sessions have ended; a new one can begin.
    expectProblem(await ada.caller.get('/api/v1/users/me'), 'invalid_token');
    const back = await system.signIn({ email: ada.email, password: PASSWORD });
    expect((await back.caller.get('/api/v1/users/me')).status).toBe(200);
  });

  /** A ban that is listed before its end: on a slow host a longer one. @returns its end. */
  async function banBriefly(bannedNow: () => Promise<number>, milliseconds = 1_000) {
    const end = new Date(Date.now() + milliseconds);
    const { body } = await ban({ reason: 'Cool down', expiresAt: end.toISOString() });
    const listed = await bannedNow();
    if (Date.now() >= end.getTime()) return banBriefly(bannedNow, milliseconds * 3);
    expect(body).toMatchObject({ banned: true, banExpires: end.toISOString() });
    expect(listed).toBe(1);
    return end.getTime();
  }

  it('that is lifted allows a new sign-in', async () => {
    await ban({ reason: 'Mistake' });
    const lifted = await admin.caller.delete<User>(`${LIST}/${ada.id}/ban`);
    expect(lifted).toMatchObject({ status: 200, body: { banned: false, banReason: null } });
    const back = await system.signIn({ email: ada.email, password: PASSWORD });
    expect((await back.caller.get('/api/v1/users/me')).status).toBe(200);
  });

  it('that does not exist can be lifted, also with an empty declared body', async () => {
    const headers = { 'content-type': 'application/json' };
    const lifted = await admin.caller.delete<User>(`${LIST}/${ada.id}/ban`, headers);
    expect(lifted).toMatchObject({ status: 200, body: { banned: false } });
    expect((await ada.caller.get('/api/v1/users/me')).status).toBe(200);
  });

  it('of an unknown user is refused', async () => {
    expectProblem(await ban({}, 'nobody'), 'not_found');
    expectProblem(await admin.caller.delete(`${LIST}/nobody/ban`), 'not_found');
  });

  it('of oneself is refused, for the last administrator and for others', async () => {
    expectProblem(await ban({}, admin.id), 'cannot_ban_self');
    const other = await system.asNewAdmin();
    const answer = await other.caller.put(`${LIST}/${other.id}/ban`, {});
    expectProblem(answer, 'cannot_ban_self');
    expect((await ban({}, other.id)).status).toBe(200);
  });
});

describe('administrators who remove each other at the same moment', () => {
  const ROUNDS = 20;
  let admins: SignedInUser[];

  beforeAll(async () => {
    admins = [
      admin,
      await system.asNewAdmin(),
      await system.asNewAdmin(),
      await system.asNewAdmin(),
    ];
    await system.query('CREATE TABLE saved_session AS SELECT * FROM session');
  });

  /** All are administrators again, with their earlier sessions and tokens. */
  async function restore() {
    await system.query(
      `UPDATE "user" SET role = 'admin', banned = false, ban_reason = NULL WHERE id = ANY ($1)`,
      [admins.map(({ id }) => id)],
    );
    await system.query('INSERT INTO session SELECT * FROM saved_session ON CONFLICT DO NOTHING');
    for (const { caller } of admins) {
      await eventually(async () => expect((await caller.get(LIST)).status).toBe(200));
    }
  }

  const countInForce = async () =>
    (
      await system.query(
        `SELECT FROM "user" WHERE role = 'admin' AND NOT banned AND id = ANY ($1)`,
        [admins.map(({ id }) => id)],
      )
    ).length;

  it('never remove the last one, and every request ends', async () => {
    const outcomes: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await restore();
      const attacks = admins.flatMap(({ caller, id }, index) => {
        const next = admins[(index + 1) % admins.length]!;
        const across = admins[(index + 2) % admins.length]!;
        return [
          caller.put(`${LIST}/${next.id}/ban`, {}),
          caller.put(`${LIST}/${across.id}/role`, { role: 'user' }),
          caller.put(`${LIST}/${id}/role`, { role: 'user' }),
        ];
      });
      const answers = await Promise.all(attacks);
      outcomes.push(...answers.map(({ status }) => status));
      expect(await countInForce()).toBeGreaterThanOrEqual(1);
    }
    expect(outcomes).toHaveLength(ROUNDS * 12);
    expect(outcomes.filter((status) => ![200, 401, 403, 409].includes(status))).toEqual([]);
    expect(outcomes).toContain(409);
    await restore();
  });
});
