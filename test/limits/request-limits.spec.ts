import { pino } from 'pino';
import request from 'supertest';
import type { AuthServer } from '../../auth-server/app';
import { RESOLVED_ADDRESS_HEADER } from '../../auth-server/common/request-origin';
import { FLOOD } from '../../auth-server/limits/request-limits';
import { authSettings, INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { resetCodeIn } from '../support/reset-code';
import { createAuthServer } from '../support/native/auth-server';
import { AuthenticatorApp } from '../second-factor/authenticator-app';
import { cookiesOf } from '../second-factor/second-step';
import { deviceOf, LimitsCluster, PASSWORD } from './limits-cluster';

let cluster: LimitsCluster;

beforeAll(async () => {
  cluster = await LimitsCluster.start(2);
  await cluster.signUp('known@example.com');
});
afterEach(() => cluster.forgetAttempts());
afterAll(() => cluster.stop());

/** Alternates the requests between both auth servers. @returns the statuses. */
async function statusesOf(
  times: number,
  send: (index: number, server: number) => PromiseLike<{ status: number }>,
): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < times; index += 1) {
    statuses.push((await send(index, index % 2)).status);
  }
  return statuses;
}

/** Adds a second factor. @returns a recovery code, and the cookie of a sign-in that waits for it. */
async function enrol(email: string, from: string): Promise<{ cookie: string; code: string }> {
  const { body: user } = await cluster.signIn(email, PASSWORD, { from }).expect(200);
  const headers = { authorization: `Bearer ${user.token}` };
  const begin = cluster.post('/two-factor/enable', { password: PASSWORD }, { from, headers });
  const { body: factor } = await begin.expect(200);
  const code = new AuthenticatorApp(factor.totpURI).code();
  await cluster.post('/two-factor/verify-totp', { code }, { from, headers }).expect(200);
  const waiting = await cluster.signIn(email, PASSWORD, { from }).expect(200);
  return { cookie: cookiesOf(waiting), code: factor.backupCodes[0] };
}

/** Sends that many accepted requests, then one that is refused. */
function limitedTo(count: number, status: number): number[] {
  return [...Array<number>(count).fill(status), 429];
}

describe.each([
  ['a new password', '/request-password-reset', 'email', 200],
  ['another mail of verification', '/send-verification-email', 'email', 200],
  ['a change of address', '/change-email', 'newEmail', 401],
])('a caller who requests %s', (_what, path, field, status) => {
  it.each(['known@example.com', 'unknown@example.com'])(
    'waits after five requests for one e-mail address, from any IP addresses: %s',
    async (email) => {
      const statuses = await statusesOf(6, (index, server) =>
        cluster.post(path, { [field]: email }, { server, from: `192.0.2.${index}` }),
      );
      expect(statuses).toEqual(limitedTo(5, status));
    },
  );
});

it('requests of other kinds for an e-mail address leave its owner a new password', async () => {
  const email = 'known@example.com';
  const kinds = [
    ['/send-verification-email', { email }],
    ['/change-email', { newEmail: email }],
  ] as const;
  for (const [path, body] of kinds) {
    const sent = Array.from({ length: 5 }, (_, index) =>
      cluster.post(path, body, { from: `192.0.2.${index}` }),
    );
    await Promise.all(sent);
    await cluster.post(path, body, { from: '192.0.2.9' }).expect(429);
  }
  await cluster.post('/request-password-reset', { email }, { from: '192.0.2.10' }).expect(200);
});

describe('one IP address', () => {
  it('can request twenty mails in an hour, to any recipients', async () => {
    const statuses = await statusesOf(21, (index, server) =>
      cluster.post('/change-email', { newEmail: `user${index}@example.com` }, { server }),
    );
    expect(statuses).toEqual(limitedTo(20, 401));
  });

  it('leaves the mails of signed-in users to them after twenty requests of others', async () => {
    const from = '192.0.2.46';
    const ask = (index: number) =>
      cluster.post('/request-password-reset', { email: `other${index}@example.com` }, { from });
    await cluster.signUp('signed-in@example.com', { from });
    const { body: user } = await cluster.signIn('signed-in@example.com', PASSWORD, { from });
    await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index).expect(200)));
    await ask(20).expect(429);
    const headers = { authorization: `Bearer ${user.token}` };
    const change = (index: number) =>
      cluster.post('/change-email', { newEmail: `mine${index}@example.com` }, { from, headers });
    await Promise.all(Array.from({ length: 20 }, (_, index) => change(index).expect(200)));
    await change(20).expect(429);
  });

  it('can sign up twenty times in an hour', async () => {
    const statuses = await statusesOf(21, (index, server) =>
      cluster.post(
        '/sign-up/email',
        { email: `new${index}@example.com`, password: 'short', name: 'N' },
        { server },
      ),
    );
    expect(statuses).toEqual(limitedTo(20, 400));
    const elsewhere = { from: '192.0.2.1' };
    await cluster.signUp('elsewhere@example.com', elsewhere);
  });

  it('can try thirty codes in a quarter of an hour', async () => {
    const statuses = await statusesOf(31, (index, server) =>
      cluster.post(
        '/reset-password',
        { token: `guess${index}`, newPassword: PASSWORD },
        { server },
      ),
    );
    expect(statuses).toEqual(limitedTo(30, 400));
    await cluster.post('/two-factor/verify-totp', { code: '123456' }).expect(429);
  });

  it('leaves right links and second steps of others to them after such codes', async () => {
    const [email, from] = ['behind@example.com', '192.0.2.40'];
    await cluster.signUp(email, { from });
    const { cookie } = await enrol(email, from);
    const guess = (index: number) =>
      cluster.post('/reset-password', { token: `${index}`, newPassword: PASSWORD }, { from });
    for (let index = 0; index < 30; index += 1) await guess(index).expect(400);
    await guess(30).expect(429);
    const send = (code: string) =>
      cluster.post('/two-factor/verify-backup-code', { code }, { from, cookie });
    await send('wrong-codes').expect(401);
    const { auth, app } = cluster.servers[0]!;
    await auth.api.requestPasswordReset({ body: { email } });
    const { body } = await request(app).get('/dev/mailbox');
    const link = { token: resetCodeIn(body.items, email), newPassword: PASSWORD };
    await cluster.post('/reset-password', link, { from }).expect(200);
  });

  it('can send thirty wrong codes at second steps in a quarter of an hour', async () => {
    const [email, from] = ['second@example.com', '192.0.2.41'];
    await cluster.signUp(email, { from });
    const { cookie, code } = await enrol(email, from);
    const send = (tried: string) =>
      cluster.post('/two-factor/verify-backup-code', { code: tried }, { from, cookie });
    for (let index = 0; index < 30; index += 1) {
      expect((await send('wrong-codes')).body.code).not.toBe('TOO_MANY_REQUESTS');
    }
    const { body, headers } = await send(code).expect(429);
    expect([body.code, headers['ratelimit-policy']]).toEqual([
      'TOO_MANY_REQUESTS',
      '"second-step";q=30;w=900',
    ]);
  });

  it('leaves second steps from known addresses and browsers to them after wrong codes of others', async () => {
    const from = '192.0.2.42';
    await cluster.signUp('other@example.com', { from });
    const other = await enrol('other@example.com', from);
    await cluster.signUp('owner@example.com', { from });
    const owner = await enrol('owner@example.com', from);
    const send = (cookie: string, code: string) =>
      cluster.post('/two-factor/verify-backup-code', { code }, { from, cookie });
    const refused = async (cookie: string) =>
      (await send(cookie, 'wrong-codes')).body.code === 'TOO_MANY_REQUESTS';
    for (let index = 0; index < 30; index += 1) expect(await refused(other.cookie)).toBe(false);
    expect(await refused(other.cookie)).toBe(true);
    await send(owner.cookie, owner.code).expect(200);
  });

  it('has one counter of wrong codes from sources that are unknown to their accounts', async () => {
    const from = '192.0.2.43';
    const cookies: string[] = [];
    for (const [email, home] of [
      ['guessed@example.com', '192.0.2.44'],
      ['stolen@example.com', '192.0.2.45'],
    ] as const) {
      await cluster.signUp(email, { from: home });
      await enrol(email, home);
      cookies.push(cookiesOf(await cluster.signIn(email, PASSWORD, { from }).expect(200)));
    }
    const [first, second] = cookies as [string, string];
    const send = (cookie: string) =>
      cluster.post('/two-factor/verify-backup-code', { code: 'wrong-codes' }, { from, cookie });
    for (let index = 0; index < 30; index += 1) await send(first);
    expect((await send(second).expect(429)).body.code).toBe('TOO_MANY_REQUESTS');
  });

  it('does not use the limit of codes up by right ones', async () => {
    const { auth, app } = cluster.servers[0]!;
    for (let index = 0; index < 31; index += 1) {
      await cluster.sql.query(`DELETE FROM rate_limit WHERE key LIKE 'mail-%'`);
      // A call of the server itself: no limit of requested mails.
      await auth.api.requestPasswordReset({ body: { email: 'known@example.com' } });
      const { body } = await request(app).get('/dev/mailbox');
      const token = resetCodeIn(body.items, 'known@example.com');
      await cluster.post('/reset-password', { token, newPassword: PASSWORD }).expect(200);
    }
  });

  it('reaches the general limit with a flood, and others are not affected', async () => {
    const { auth } = cluster.servers[0]!;
    const url = 'http://localhost:3000/api/auth/ok';
    const statuses: number[] = [];
    for (let index = 0; index < FLOOD.points + 5; index += 1) {
      const headers = { [RESOLVED_ADDRESS_HEADER]: `2001:db8::${index.toString(16)}` };
      statuses.push((await auth.handler(new Request(url, { headers }))).status);
    }
    expect(statuses.slice(0, FLOOD.points)).toEqual(Array(FLOOD.points).fill(200));
    expect(statuses.slice(FLOOD.points)).toEqual(Array(5).fill(429));
    const headers = { [RESOLVED_ADDRESS_HEADER]: '2001:db8:0:1::1' };
    expect((await auth.handler(new Request(url, { headers }))).status).toBe(200);
  });

  it('leaves a tenth of its quota to each account with a known browser after a flood', async () => {
    const { auth } = cluster.servers[0]!;
    const address = { [RESOLVED_ADDRESS_HEADER]: '192.0.2.60' };
    const device = deviceOf(await cluster.signIn('known@example.com', PASSWORD).expect(200));
    const send = async (cookie?: string) => {
      const headers = { ...address, ...(cookie && { cookie }) };
      return (await auth.handler(new Request('http://localhost:3000/api/auth/ok', { headers })))
        .status;
    };
    for (let index = 0; index < FLOOD.points; index += 1) expect(await send(device)).toBe(200);
    const forged = device.replace(/=./, '=_');
    for (const cookie of [undefined, forged]) expect(await send(cookie)).toBe(429);
    const own = FLOOD.points / 10;
    for (let index = 0; index < own; index += 1) expect(await send(`a=b; ${device}`)).toBe(200);
    expect(await send(device)).toBe(429);
  });

  it('does not tell users that they are signed out while a flood keeps their session', async () => {
    const { auth, app } = cluster.servers[0]!;
    const url = 'http://localhost:3000/api/auth/ok';
    const headers = { [RESOLVED_ADDRESS_HEADER]: '127.0.0.1' };
    for (let index = 0; index < FLOOD.points; index += 1) {
      await auth.handler(new Request(url, { headers }));
    }
    const origin = 'http://localhost:3000';
    const answer = await request(app).post('/sign-out').set('origin', origin).type('form').send('');
    expect(answer.status).toBe(429);
    expect(answer.text).toContain('Too many requests came from your network.');
  });
});

describe('the public routes', () => {
  const QUOTA = 10;
  const KEY_SET = '/api/auth/jwks';
  let server: AuthServer;

  beforeAll(async () => {
    const rateLimits = { quotas: QUOTA / 3_000, guesses: 1 };
    const settings = { ...authSettings(cluster.database.url), rateLimits };
    server = await createAuthServer({ settings, logger: pino({ level: 'silent' }) });
  });
  afterAll(() => server.close());

  const headersOf = (from: string) => ({
    'x-gatehouse-client-address': from,
    'x-gatehouse-internal-key': INTERNAL_SECRET,
  });
  const get = (path: string, from: string) => request(server.app).get(path).set(headersOf(from));

  async function exhaust(path: string, from: string): Promise<void> {
    for (let index = 0; index < QUOTA; index += 1) await get(path, from).expect(200);
    const { headers, body } = await get(path, from).expect(429);
    expect(body.code).toBe('TOO_MANY_REQUESTS');
    const [, reset] = /^"[\w-]+";r=0;t=(\d+)$/.exec(headers.ratelimit!)!;
    expect(headers['retry-after']).toBe(reset);
  }

  it('and the endpoints refuse OAuth clients in their format (RFC 6749, section 5.2)', async () => {
    const ask = () =>
      request(server.app)
        .post('/api/auth/oauth2/token')
        .type('form')
        .send('grant_type=client_credentials')
        .set(headersOf('192.0.2.7'));
    let answer = await ask();
    while (answer.status !== 429) {
      expect(answer.status).toBe(400);
      answer = await ask();
    }
    expect(answer.body).toMatchObject({
      error: 'temporarily_unavailable',
      error_description: 'Too many attempts. Wait before you try again.',
      code: 'TOO_MANY_REQUESTS',
    });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('have a quota for each address, the key set its own', async () => {
    await exhaust('/.well-known/openid-configuration', '192.0.2.1');
    for (const path of ['/.well-known/oauth-authorization-server', '/sign-in', '/metrics', '/x']) {
      await get(path, '192.0.2.1').expect(429);
    }
    for (const path of ['/api/auth/nothing', '/api/auth', '/api/auth/verify-password']) {
      await get(path, '192.0.2.1').expect(429);
    }
    const device = deviceOf(await cluster.signIn('known@example.com', PASSWORD).expect(200));
    for (const status of [200, 429]) {
      await get('/sign-in', '192.0.2.1').set('cookie', device).expect(status);
    }
    await exhaust(KEY_SET, '192.0.2.1');
    await get(KEY_SET, '192.0.2.1').set('cookie', device).expect(429);
    await exhaust(KEY_SET, '192.0.2.2');
    await get('/health/ready', '192.0.2.1').expect(200);
  });

  it('leave the key set to verifiers when another address, or another request, is refused', async () => {
    const statuses: number[] = [];
    while (!statuses.includes(429)) {
      statuses.push((await get('/api/auth/ok', '192.0.2.3')).status);
    }
    await exhaust(KEY_SET, '192.0.2.3');
    expect((await get(KEY_SET, '192.0.2.4')).status).toBe(200);
  });
});

it('an e-mail address that is signed up repeatedly gets five mails an hour', async () => {
  const statuses = await statusesOf(6, (index, server) =>
    cluster.post(
      '/sign-up/email',
      { email: 'known@example.com', password: PASSWORD, name: 'Again' },
      { server, from: `192.0.2.${index}` },
    ),
  );
  expect(statuses).toEqual(limitedTo(5, 422));
});

describe('a stolen session', () => {
  it('cannot find the password by guessing, and its owner can change it after the wait', async () => {
    const { body } = await cluster.signIn('known@example.com', PASSWORD).expect(200);
    const headers = { authorization: `Bearer ${body.token}` };
    const change = (currentPassword: string, server: number) =>
      cluster.post(
        '/change-password',
        { currentPassword, newPassword: PASSWORD },
        { headers, server },
      );
    const statuses = await statusesOf(7, (index, server) => change(`wrong ${index}`, server));
    expect(statuses).toEqual(limitedTo(6, 400));
    await change(PASSWORD, 0).expect(429);
    await cluster.endPauses();
    await change(PASSWORD, 1).expect(200);
  });

  it.each<[string, (token: string) => string]>([
    ['in another spelling', (token) => `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`],
    ['as it is', (token) => token],
  ])("counts for its owner with another user's cookie, %s", async (_how, spell) => {
    await cluster.signUp('thief@example.com', { from: '192.0.2.1' });
    const thief = await cluster.signIn('thief@example.com', PASSWORD).expect(200);
    const [cookie] = (thief.headers['set-cookie'] as unknown as string[])[0]!.split(';');
    const stolen = await cluster.signIn('known@example.com', PASSWORD).expect(200);
    const token = spell(decodeURIComponent(stolen.headers['set-auth-token']!));
    const headers = { authorization: `Bearer ${token}` };
    const statuses = await statusesOf(7, (index) =>
      cluster.post(
        '/change-password',
        { currentPassword: `wrong ${index}`, newPassword: PASSWORD },
        index % 2 ? { headers, cookie } : { headers },
      ),
    );
    expect(statuses).toEqual(limitedTo(6, 400));
    await cluster.sql.query(`DELETE FROM "user" WHERE email = 'thief@example.com'`);
  });

  it('that is invalid is refused as before', async () => {
    const body = { currentPassword: 'x', newPassword: PASSWORD };
    const statuses = await statusesOf(8, (_index, server) =>
      cluster.post('/change-password', body, { server }),
    );
    expect(statuses).toEqual(Array(8).fill(401));
  });
});

it('a signed-in user changes the own account, and adds audit events, sixty times an hour', async () => {
  const { body } = await cluster.signIn('known@example.com', PASSWORD).expect(200);
  const headers = { authorization: `Bearer ${body.token}` };
  const before = await countUpdates();
  const statuses = await statusesOf(61, (index, server) =>
    cluster.post('/update-user', { name: `Name ${index}` }, { headers, server }),
  );
  expect(statuses).toEqual(limitedTo(60, 200));
  expect((await countUpdates()) - before).toBe(60);
  await cluster.post('/two-factor/forget-devices', {}, { headers, from: '192.0.2.1' }).expect(429);
});

async function countUpdates(): Promise<number> {
  const count = `SELECT count(*)::int FROM audit_event WHERE action = 'user.updated'`;
  return (await cluster.sql.query<{ count: number }>(count)).rows[0]!.count;
}

it('every response of a limited path has the RateLimit headers', async () => {
  const email = 'somebody@example.com';
  const { headers } = await cluster.post('/request-password-reset', { email }).expect(200);
  expect(headers['ratelimit-policy']).toBe('"mail-account";q=5;w=3600');
  // Rounded up: 3600 within the first second.
  expect(headers.ratelimit).toMatch(/^"mail-account";r=4;t=3[56]\d\d$/);
});

it("limits do not apply to the server's own calls", async () => {
  const { auth } = cluster.servers[0]!;
  for (let index = 0; index < 8; index += 1) {
    const body = { email: 'known@example.com' };
    await expect(auth.api.requestPasswordReset({ body })).resolves.toMatchObject({ status: true });
  }
});
