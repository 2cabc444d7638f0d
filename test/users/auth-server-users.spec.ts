import {
  PASSWORD,
  startAuthServer,
  type RunningAuthServer,
  type SignedIn,
} from '../support/auth-server/harness';

const ROLE_REFUSALS = [
  'VALIDATION_ERROR',
  'INVALID_ROLE',
  'YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE',
];

const MADE_UP_ROLES = [
  'undeclared',
  'Admin',
  'admin,user',
  'admin ',
  '',
  'toString',
  '__proto__',
  ['admin', 'user'],
  ['undeclared'],
  [],
];

describe('an anonymous caller', () => {
  let server: RunningAuthServer;
  beforeAll(async () => (server = await startAuthServer()));
  afterAll(() => server.stop());

  it.each([{ role: 'admin' }, { role: ['admin'] }, { banned: true }, { banExpires: '2999-01-01' }])(
    'cannot sign up with %j',
    async (fields) => {
      const body = { email: 'eve@example.com', password: PASSWORD, name: 'Eve', ...fields };
      const { body: answer, status } = await server.post('/api/auth/sign-up/email', body);
      expect([status, answer.user?.role, answer.user?.banned]).toEqual(
        'banned' in fields ? [200, 'user', false] : [400, undefined, undefined],
      );
    },
  );

  it('cannot sign up as verified, or with a chosen id', async () => {
    const chosen = { id: 'chosen', emailVerified: true };
    const body = { email: 'fay@example.com', password: PASSWORD, name: 'Fay', ...chosen };
    const { body: answer } = await server.post('/api/auth/sign-up/email', body).expect(200);
    expect(answer.user).toMatchObject({ emailVerified: false, role: 'user' });
    expect(answer.user.id).not.toBe('chosen');
  });

  it('gets an error for a taken e-mail address, in any letter case', async () => {
    await server.signUp('taken@example.com');
    const body = { email: 'Taken@Example.COM', password: PASSWORD, name: 'Again' };
    const { body: answer } = await server.post('/api/auth/sign-up/email', body).expect(422);
    expect(answer.code).toBe('USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL');
  });

  it('gets the same response for a wrong password and an unknown e-mail address', async () => {
    await server.signUp('known@example.com');
    const attempts = ['known@example.com', 'unknown@example.com'].map((email) =>
      server.post('/api/auth/sign-in/email', { email, password: 'not the password' }),
    );
    const [known, unknown] = await Promise.all(attempts);
    expect(known!.status).toBe(401);
    expect(known!.body).toEqual({
      code: 'INVALID_EMAIL_OR_PASSWORD',
      message: 'Invalid email or password',
    });
    expect([unknown!.status, unknown!.body]).toEqual([known!.status, known!.body]);
  });

  it('cannot send a character that the database cannot store', async () => {
    const body = { email: 'nul@example.com', password: PASSWORD, name: 'a\0b' };
    const { body: answer } = await server.post('/api/auth/sign-up/email', body).expect(400);
    expect(answer.code).toBe('INVALID_VALUE');
  });
});

describe('a user', () => {
  let server: RunningAuthServer;
  let user: SignedIn;

  beforeAll(async () => {
    server = await startAuthServer();
    user = await server.signUp('ann@example.com');
  });
  afterAll(() => server.stop());

  it.each([{ role: 'admin' }, { banned: true }, { banReason: 'x' }, { email: 'x@example.com' }])(
    'cannot set %j on the own account',
    async (fields) => {
      await server.post('/api/auth/update-user', fields, user.bearer).expect(400);
      await server.post('/api/auth/update-user', { name: 'Ann', ...fields }, user.bearer);
      const { rows } = await server.sql.query(
        `SELECT email, role, banned, ban_reason FROM "user" WHERE id = $1`,
        [user.userId],
      );
      expect(rows).toEqual([
        { email: 'ann@example.com', role: 'user', banned: false, ban_reason: null },
      ]);
    },
  );

  it.each([
    ['set-role', { role: 'admin' }],
    ['update-user', { data: { role: 'admin' } }],
    ['create-user', { email: 'x@example.com', name: 'X', role: 'admin' }],
    ['set-user-password', { newPassword: 'another password' }],
    ['impersonate-user', {}],
    ['list-user-sessions', {}],
    ['remove-user', {}],
  ])('cannot call %s', async (endpoint, body) => {
    const sent = { userId: user.userId, ...body };
    await server.post(`/api/auth/admin/${endpoint}`, sent, user.bearer).expect(403);
    await server.post(`/api/auth/admin/${endpoint}`, sent).expect(401);
  });
});

describe('an administrator', () => {
  let server: RunningAuthServer;
  let admin: SignedIn;
  let user: SignedIn;

  beforeAll(async () => {
    server = await startAuthServer();
    admin = await server.signInAdmin();
    user = await server.signUp('ann@example.com');
  });
  afterAll(() => server.stop());

  const roleOf = async () => {
    const query = `SELECT role FROM "user" WHERE id = $1`;
    return (await server.sql.query(query, [user.userId])).rows[0].role;
  };

  it.each(['admin', 'user', ['admin'], ['user']])('gives the role %j', async (role) => {
    const body = { userId: user.userId, role };
    await server.post('/api/auth/admin/set-role', body, admin.bearer).expect(200);
    expect(await roleOf()).toBe([role].flat()[0]);
  });

  it.each(MADE_UP_ROLES)('is refused the unknown role %j by every endpoint', async (role) => {
    const { userId } = user;
    const newUser = { email: 'new@example.com', name: 'New', password: PASSWORD };
    const attempts: [string, object][] = [
      ['set-role', { userId, role }],
      ['update-user', { userId, data: { role } }],
      ['create-user', { ...newUser, role }],
      ['create-user', { ...newUser, data: { role } }],
    ];
    for (const [endpoint, body] of attempts) {
      const answer = await server.post(`/api/auth/admin/${endpoint}`, body, admin.bearer);
      expect([endpoint, answer.status]).toEqual([endpoint, 400]);
      expect(ROLE_REFUSALS).toContain(answer.body.code);
    }
    expect(await roleOf()).toBe('user');
  });

  it.each([null, 'yes', 1])('cannot make the ban %j', async (banned) => {
    const body = { userId: user.userId, data: { banned } };
    const { body: answer } = await server
      .post('/api/auth/admin/update-user', body, admin.bearer)
      .expect(400);
    expect(answer.code).toBe('INVALID_BAN');
  });

  it('bans: sessions end at once, and sign-in is refused only after the right password', async () => {
    const { userId } = await server.signUp('bob@example.com');
    await server.post('/api/auth/admin/ban-user', { userId }, admin.bearer).expect(200);
    const { rows } = await server.sql.query('SELECT id FROM session WHERE user_id = $1', [userId]);
    expect(rows).toEqual([]);
    const signIn = (password: string) =>
      server.post('/api/auth/sign-in/email', { email: 'bob@example.com', password });
    const banned = { code: 'BANNED_USER', message: 'This account is banned.' };
    await signIn(PASSWORD).expect(403, banned);
    await signIn('not the password').expect(401);
  });

  it.each([
    ['set-user-password', { newPassword: 'a password of a thief' }],
    ['update-user', { data: { email: 'thief@example.com', emailVerified: true } }],
    ['update-user', { data: { emailVerified: false } }],
  ])('cannot replace the own credentials by %s', async (endpoint, change) => {
    const state = `SELECT email, email_verified, (SELECT password FROM account WHERE user_id = $1)
                     FROM "user" WHERE id = $1`;
    const read = async () => (await server.sql.query(state, [admin.userId])).rows;
    const former = await read();
    const body = { userId: admin.userId, ...change };
    const answer = await server.post(`/api/auth/admin/${endpoint}`, body, admin.bearer);
    expect(answer).toMatchObject({ status: 403, body: { code: 'OWN_CREDENTIALS' } });
    expect(await read()).toEqual(former);
  });

  it('changes the own profile with the address as it is', async () => {
    const { body: own } = await server.get('/api/auth/get-session', admin.bearer).expect(200);
    const { email, emailVerified } = own.user;
    const data = { name: 'Ada', email: email.toUpperCase(), emailVerified };
    const body = { userId: admin.userId, data };
    const answer = await server.post('/api/auth/admin/update-user', body, admin.bearer);
    expect(answer).toMatchObject({ status: 200, body: { name: 'Ada', email, emailVerified } });
  });

  it('cannot impersonate another administrator', async () => {
    const body = { userId: admin.userId };
    await server.post('/api/auth/admin/impersonate-user', body, admin.bearer).expect(403);
  });
});

describe('with required e-mail verification', () => {
  let server: RunningAuthServer;
  beforeAll(
    async () =>
      (server = await startAuthServer({ REQUIRE_EMAIL_VERIFICATION: 'true', RATE_LIMITS: 'off' })),
  );
  afterAll(() => server.stop());

  it('a sign-up has the same response for a taken and a free e-mail address', async () => {
    const signUp = async () => {
      const sent = { email: 'ann@example.com', password: PASSWORD, name: 'Ann' };
      const { body, headers } = await server.post('/api/auth/sign-up/email', sent).expect(200);
      const { id, createdAt, updatedAt, ...user } = body.user;
      expect([typeof id, id.length, createdAt]).toEqual(['string', 32, updatedAt]);
      const { 'x-request-id': _id, date: _date, ...others } = headers;
      return { keys: Object.keys(body.user), ...body, user, others };
    };
    const [fresh, taken] = [await signUp(), await signUp()];
    expect(taken).toEqual(fresh);
    expect(fresh.token).toBeNull();
  });

  it('a sign-in requires verification', async () => {
    const sent = { email: 'ann@example.com', password: PASSWORD };
    const { body } = await server.post('/api/auth/sign-in/email', sent).expect(403);
    expect(body.code).toBe('EMAIL_NOT_VERIFIED');
  });

  it('the first administrator needs no verification', async () => {
    await expect(server.signInAdmin()).resolves.toBeDefined();
  });
});
