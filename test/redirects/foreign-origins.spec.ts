import request from 'supertest';
import { APP } from './urls';
import {
  startAuthServer,
  type RunningAuthServer,
  type SignedIn,
} from '../support/auth-server/harness';

/** An internationalized domain name as browsers send it. */
const PUNYCODE = 'https://xn--bcher-kva.example';

const PROTECTED = '/api/auth/get-session';

let server: RunningAuthServer;
let user: SignedIn;
let admin: SignedIn;

beforeAll(async () => {
  server = await startAuthServer({ TRUSTED_ORIGINS: `${APP},${PUNYCODE}` });
  user = await server.signUp('ann@example.com');
  admin = await server.signInAdmin();
});

afterAll(() => server.stop());

/** Origins that are not exactly on the list. */
const FOREIGN = [
  'https://evil.example',
  'http://app.example',
  'https://app.example:443',
  'https://app.example:8443',
  'https://APP.example',
  'HTTPS://app.example',
  'https://app.example.',
  'https://app.example/',
  'https://app.example/path',
  'https://app.example.evil.example',
  'https://evil-app.example',
  'https://evilapp.example',
  'https://sub.app.example',
  'https://app.exampleevil',
  'https://app.example@evil.example',
  'https://evil.example@app.example',
  'https://user:password@app.example',
  'https://app.example, https://evil.example',
  'https://evil.example https://app.example',
  'https://app.example\thttps://evil.example',
  'https://app.example#evil',
  'https://app.example?evil',
  'https://xn--pp-7kc.example',
  'https://b%C3%BCcher.example',
  'null',
  'file://',
  'chrome-extension://app.example',
  '*',
  'app.example',
  '//app.example',
  'https:app.example',
];

/** State that a forged request would change. */
const CHANGES: [path: string, body: object][] = [
  ['/update-user', { name: 'Forged' }],
  ['/change-password', { currentPassword: 'x', newPassword: 'a forged password' }],
  ['/change-email', { newEmail: 'forged@example.com' }],
  ['/sign-out', {}],
  ['/revoke-session', { token: 'x' }],
  ['/revoke-sessions', {}],
  ['/revoke-other-sessions', {}],
  ['/link-social', { provider: 'google' }],
  ['/unlink-account', { accountId: 'x' }],
  ['/two-factor/enable', { password: 'x' }],
  ['/two-factor/disable', { password: 'x' }],
  ['/admin/set-role', { userId: 'x', role: 'admin' }],
  ['/admin/create-user', { email: 'x@example.com', name: 'X', role: 'admin' }],
  ['/admin/impersonate-user', { userId: 'x' }],
  ['/admin/set-user-password', { userId: 'x', newPassword: 'a forged password' }],
];

const send = (path: string, body: object | string, headers: Record<string, string>) =>
  request(server.url).post(`/api/auth${path}`).set(headers).send(body);

describe('a request with cookies', () => {
  it.each(FOREIGN)('has no effect from the origin %j', async (origin) => {
    const { cookie } = user;
    const { status, body } = await send('/update-user', { name: 'Forged' }, { origin, cookie });
    expect([status, body.code]).toEqual([403, expect.stringMatching(/ORIGIN$/)]);
    const referred = await send(
      '/update-user',
      { name: 'Forged' },
      { referer: 'https://evil.example/', cookie },
    );
    expect(referred.status).toBe(403);
  });

  it.each(CHANGES)('has no effect from a foreign origin: %s', async (path, body) => {
    const headers = { origin: 'https://evil.example', cookie: admin.cookie };
    const answer = await send(path, body, headers);
    expect([answer.status, answer.body.code]).toEqual([403, 'INVALID_ORIGIN']);
  });

  it('gets an error in the OAuth format at the authorization server', async () => {
    const headers = { origin: 'https://other.example', cookie: user.cookie };
    for (const endpoint of ['token', 'revoke', 'introspect']) {
      const form = await request(server.url)
        .post(`/api/auth/oauth2/${endpoint}`)
        .type('form')
        .set(headers)
        .send('token=a');
      expect([form.status, form.body]).toEqual([
        403,
        expect.objectContaining({ error: 'access_denied', error_description: 'Invalid origin' }),
      ]);
    }
  });

  it.each(CHANGES)('has no effect as a form: %s', async (path, body) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      for (const origin of ['https://evil.example', 'null']) {
        const headers = { origin, cookie: admin.cookie, 'content-type': type };
        const { status } = await send(path, JSON.stringify(body), headers);
        expect([403, 415]).toContain(status);
      }
    }
  });

  it('has no effect by a method of links and images', async () => {
    for (const [path] of CHANGES) {
      const headers = { cookie: admin.cookie, 'sec-fetch-site': 'cross-site' };
      const { status } = await request(server.url).get(`/api/auth${path}`).set(headers);
      expect([path, status]).toEqual([path, 405]);
    }
  });

  it('is accepted from the list, in punycode as browsers send it', async () => {
    for (const origin of [APP, PUNYCODE]) {
      const { cookie } = user;
      await send('/update-user', { name: 'Ann' }, { origin, cookie }).expect(200);
    }
  });

  it('with a foreign origin left all state unchanged', async () => {
    const { rows } = await server.sql.query(
      `SELECT email, name, role FROM "user" ORDER BY created_at`,
    );
    expect(rows).toEqual([
      expect.objectContaining({ role: 'admin' }),
      { email: 'ann@example.com', name: 'Ann', role: 'user' },
    ]);
    const sessions = await server.sql.query('SELECT id FROM session');
    expect(sessions.rowCount).toBe(2);
  });
});

describe('a page of another origin', () => {
  it.each(FOREIGN)('cannot read a response: %j', async (origin) => {
    for (const asked of [
      request(server.url).get(PROTECTED),
      request(server.url).options(PROTECTED),
    ]) {
      const { headers } = await asked.set({ origin });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  it('can neither sign in nor start a sign-in with a provider', async () => {
    const credentials = { email: 'ann@example.com', password: 'a password of a user' };
    const origin = 'https://evil.example';
    const answer = await send('/sign-in/email', credentials, { origin });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const form = await send('/sign-in/social', '{"provider":"google"}', {
        origin,
        'content-type': type,
      });
      expect([form.status, form.headers['set-cookie']]).toEqual([415, undefined]);
    }
  });
});
