import { decodeJwt } from 'jose';
import { PASSWORD } from '../support/auth-server/harness';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';
import { AuthenticatorApp, passSteps } from './authenticator-app';
import { eventually } from '../support/eventually';
import { startClock, stopClock } from '../support/clock';
import {
  cookiesOf,
  enrol,
  signInOn,
  type Enrolled,
  takeFirstStep,
  takeSecondStep,
  withCookies,
} from './second-step';

let server: InProcessAuthServer;
let ada: Enrolled;
let count = 0;

beforeAll(async () => {
  stopClock();
  server = await startInProcess();
});

beforeEach(async () => {
  count += 1;
  ada = await enrol(server, `ada-${count}@example.com`);
});

afterAll(async () => {
  startClock();
  await server.stop();
});

const isSignedIn = async (headers: Record<string, string>) =>
  (await server.get('/api/auth/get-session', headers)).body !== null;

const methodsOf = async (headers: Record<string, string>) =>
  decodeJwt((await server.get('/api/auth/token', headers).expect(200)).body.token).amr;

describe('a trusted device', () => {
  let trusted: string;

  beforeEach(async () => {
    const cookies = await takeFirstStep(server, ada.email);
    const answer = await takeSecondStep(server, {
      cookies,
      code: ada.app.code(1),
      trustDevice: true,
    });
    trusted = /better-auth\.trust_device=[^;]+/.exec(cookiesOf(answer))![0];
  });

  it('signs in with only the password, with a new cookie each time', async () => {
    const answer = await signInOn(server, { email: ada.email, cookies: trusted });
    expect(answer.body).toHaveProperty('token');
    expect(cookiesOf(answer)).not.toContain(trusted);
    expect((await signInOn(server, { email: ada.email, cookies: trusted })).body).toHaveProperty(
      'twoFactorRedirect',
      true,
    );
  });

  it('is trusted for its user only', async () => {
    const eve = await enrol(server, `eve-${count}@example.com`);
    const body = { email: eve.email, password: PASSWORD };
    const answer = await server.post('/api/auth/sign-in/email', body, withCookies(trusted));
    expect(answer.body).toHaveProperty('twoFactorRedirect', true);
  });

  it('is trusted for thirty days', async () => {
    passSteps(30 * 24 * 120);
    expect((await signInOn(server, { email: ada.email, cookies: trusted })).body).toHaveProperty(
      'twoFactorRedirect',
      true,
    );
  });

  it('is forgotten on request, which is recorded', async () => {
    await server.post('/api/auth/two-factor/forget-devices', {}, ada.bearer).expect(200);
    const { rows } = await server.sql.query(
      `SELECT actor_id FROM audit_event WHERE action = 'two_factor.devices_forgotten' AND subject_id = $1`,
      [ada.user.userId],
    );
    expect(rows).toEqual([{ actor_id: ada.user.userId }]);
    expect((await signInOn(server, { email: ada.email, cookies: trusted })).body).toHaveProperty(
      'twoFactorRedirect',
      true,
    );
  });

  it('is forgotten when the password changes', async () => {
    const newPassword = 'quite another long password';
    const change = { currentPassword: PASSWORD, newPassword };
    await server.post('/api/auth/change-password', change, ada.bearer).expect(200);
    const body = { email: ada.email, password: newPassword };
    const answer = await server.post('/api/auth/sign-in/email', body, withCookies(trusted));
    expect(answer.body).toHaveProperty('twoFactorRedirect', true);
  });

  it('is forgotten when an administrator sets the password', async () => {
    const admin = await server.signInAdmin();
    const change = { userId: ada.user.userId, newPassword: PASSWORD };
    await server.post('/api/auth/admin/set-user-password', change, admin.bearer).expect(200);
    expect((await signInOn(server, { email: ada.email, cookies: trusted })).body).toHaveProperty(
      'twoFactorRedirect',
      true,
    );
  });

  it('is forgotten when the second factor is disabled and enabled', async () => {
    const body = { password: PASSWORD };
    const off = await server.post('/api/auth/two-factor/disable', body, ada.bearer).expect(200);
    const bearer = { authorization: `Bearer ${off.headers['set-auth-token']}` };
    const on = await server.post('/api/auth/two-factor/enable', body, bearer).expect(200);
    const code = new AuthenticatorApp(on.body.totpURI).code();
    const enabled = await server
      .post('/api/auth/two-factor/verify-totp', { code }, bearer)
      .expect(200);
    // The former token ends, so the answer contains the one of the new session.
    expect(enabled.body.user.twoFactorEnabled).toBe(true);
    expect(await isSignedIn({ authorization: `Bearer ${enabled.body.token}` })).toBe(true);
    expect((await signInOn(server, { email: ada.email, cookies: trusted })).body).toHaveProperty(
      'twoFactorRedirect',
      true,
    );
  });
});

describe('a caller with a session and without the password', () => {
  it.each([
    ['/api/auth/two-factor/enable', {}],
    ['/api/auth/two-factor/enable', { password: 'a guess at the password' }],
    ['/api/auth/two-factor/disable', {}],
    ['/api/auth/two-factor/disable', { password: 'a guess at the password' }],
    ['/api/auth/two-factor/generate-backup-codes', {}],
    ['/api/auth/two-factor/generate-backup-codes', { password: 'a guess at the password' }],
  ])('is refused at %s with %j', async (path, body) => {
    const answer = await server.post(path, body, ada.bearer);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toMatch(/^(INVALID_PASSWORD|VALIDATION_ERROR)$/);
  });

  it('cannot read the secret again, also with the password', async () => {
    const body = { password: PASSWORD };
    await server.post('/api/auth/two-factor/get-totp-uri', body, ada.bearer).expect(404);
  });

  it.each(['/two-factor/send-otp', '/two-factor/verify-otp'])('finds %s closed', async (path) => {
    await server.post(`/api/auth${path}`, { code: '123456' }, ada.bearer).expect(404);
    await server.post(`/api/auth${path}/`, { code: '123456' }, ada.bearer).expect(404);
  });

  it('cannot set twoFactorEnabled', async () => {
    const change = { twoFactorEnabled: false };
    await server.post('/api/auth/update-user', change, ada.bearer).expect(400);
    const { rows } = await server.sql.query(
      'SELECT two_factor_enabled AS on FROM "user" WHERE id = $1',
      [ada.user.userId],
    );
    expect(rows).toEqual([{ on: true }]);
  });

  it('cannot set it as an administrator either', async () => {
    const admin = await server.signInAdmin();
    const { userId } = ada.user;
    const update = { userId, data: { twoFactorEnabled: false } };
    const answer = await server.post('/api/auth/admin/update-user', update, admin.bearer);
    expect(answer).toMatchObject({ status: 400, body: { code: 'FIELD_NOT_ALLOWED' } });
  });
});

describe('enabling the second factor', () => {
  it('ends the other sessions, which began without it', async () => {
    const eve = await server.signUp(`eve-${count}@example.com`);
    const other = await server.signIn(`eve-${count}@example.com`);
    const password = { password: PASSWORD };
    const on = await server.post('/api/auth/two-factor/enable', password, eve.bearer).expect(200);
    expect(await isSignedIn(other.bearer)).toBe(true);
    const code = new AuthenticatorApp(on.body.totpURI).code();
    const done = await server
      .post('/api/auth/two-factor/verify-totp', { code }, eve.bearer)
      .expect(200);
    const token = done.headers['set-auth-token'];
    expect(await isSignedIn(other.bearer)).toBe(false);
    expect(await isSignedIn(eve.bearer)).toBe(false);
    const begun = { authorization: `Bearer ${token}` };
    expect(await isSignedIn(begun)).toBe(true);
    // The user has not signed in with the factor.
    expect(await methodsOf(begun)).toEqual(['pwd']);
  });

  it('leaves the methods of the sign-in to the sessions that replace it', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    const second = await takeSecondStep(server, { cookies, code: ada.app.code(1) });
    const change = { currentPassword: PASSWORD, newPassword: PASSWORD, revokeOtherSessions: true };
    const signedIn = { authorization: `Bearer ${second.headers['set-auth-token']}` };
    const changed = await server.post('/api/auth/change-password', change, signedIn).expect(200);
    const replaced = { authorization: `Bearer ${changed.headers['set-auth-token']}` };
    expect(await methodsOf(replaced)).toEqual(['pwd', 'otp', 'mfa']);
    const body = { password: PASSWORD };
    const off = await server.post('/api/auth/two-factor/disable', body, replaced).expect(200);
    const last = { authorization: `Bearer ${off.headers['set-auth-token']}` };
    expect(await methodsOf(last)).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('requires a first right code', async () => {
    const eve = await server.signUp(`eve-${count}@example.com`);
    const password = { password: PASSWORD };
    await server.post('/api/auth/two-factor/enable', password, eve.bearer).expect(200);
    const wrong = { code: '000000' };
    await server.post('/api/auth/two-factor/verify-totp', wrong, eve.bearer).expect(401);
    expect(await isSignedIn((await server.signIn(`eve-${count}@example.com`)).bearer)).toBe(true);
  });

  it('a sign-in with the second factor keeps the other sessions', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies, code: ada.app.code(1) }).expect(200);
    expect(await isSignedIn(ada.bearer)).toBe(true);
  });
});

it('recovery codes are not replaced while a new password is set', async () => {
  const codes = 'SELECT backup_codes FROM two_factor WHERE user_id = $1';
  const { rows: before } = await server.sql.query(codes, [ada.user.userId]);
  const writer = await server.sql.connect();
  await writer.query('BEGIN');
  await writer.query(`UPDATE account SET password = 'new' WHERE user_id = $1`, [ada.user.userId]);
  const replacing = server
    .post('/api/auth/two-factor/generate-backup-codes', { password: PASSWORD }, ada.bearer)
    .then((answer) => answer);
  await eventually(async () => {
    const { rowCount } = await server.sql.query(
      `SELECT FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    expect(rowCount).toBe(1);
  });
  await writer.query('COMMIT');
  writer.release();
  const { status, body } = await replacing;
  expect([status, body.code]).toEqual([401, 'CREDENTIALS_CHANGED']);
  expect((await server.sql.query(codes, [ada.user.userId])).rows).toEqual(before);
});
