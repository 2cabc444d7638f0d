import {
  PASSWORD,
  type RunningAuthServer,
  type SignedIn,
  startAuthServer,
} from '../support/auth-server/harness';
import { SoftwareAuthenticator } from '../passkeys/software-authenticator';
import {
  cookiesOf,
  enrol,
  ORIGIN,
  takeFirstStep,
  takeSecondStep,
} from '../second-factor/second-step';

let server: RunningAuthServer;
let count = 0;
let email: string;

beforeAll(async () => {
  const started = await startAuthServer({ REQUIRE_EMAIL_VERIFICATION: 'true' });
  server = { ...started, signUp: signUpVerified };
});

beforeEach(() => {
  count += 1;
  email = `ada-${count}@example.com`;
});

afterAll(() => server.stop());

async function signUpVerified(address: string): Promise<SignedIn> {
  const body = { email: address, password: PASSWORD, name: 'Ada' };
  await server.post('/api/auth/sign-up/email', body).expect(200);
  await server.sql.query('UPDATE "user" SET email_verified = true WHERE email = $1', [address]);
  return server.signIn(address);
}

/** An administrator sets another address. */
async function changeAddress({ userId }: SignedIn): Promise<string> {
  const admin = await server.signInAdmin();
  const data = { email: `changed-${email}` };
  await server.post('/api/auth/admin/update-user', { userId, data }, admin.bearer).expect(200);
  return data.email;
}

const sessionsOf = async ({ userId }: SignedIn) =>
  (await server.sql.query('SELECT FROM session WHERE user_id = $1', [userId])).rowCount;

/** Of refused sign-ins. */
const reasonsOf = async ({ userId }: SignedIn) => {
  const { rows } = await server.sql.query<{ detail: object }>(
    `SELECT detail FROM audit_event
      WHERE action = 'user.sign_in_failed' AND outcome = 'failure' AND subject_id = $1`,
    [userId],
  );
  return rows.map(({ detail }) => detail);
};

const toReason = (method: string) => [{ method, reason: 'EMAIL_NOT_VERIFIED' }];

const endSessions = ({ userId }: SignedIn) =>
  server.sql.query('DELETE FROM session WHERE user_id = $1', [userId]);

async function mailsTo(address: string): Promise<number> {
  const { body } = await server.get('/dev/mailbox');
  return (body.items as { to: string }[]).filter(({ to }) => to === address).length;
}

const NOT_VERIFIED = { status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } };

const authenticate = async (kind: string, headers: Record<string, string>) => {
  const answer = await server.get(`/api/auth/passkey/generate-${kind}-options`, headers);
  return { options: answer.body as never, cookie: [headers.cookie, cookiesOf(answer)].join('; ') };
};

async function addPasskey(user: SignedIn, more: object = {}) {
  const device = new SoftwareAuthenticator(ORIGIN);
  const origin = ORIGIN;
  const { options, cookie } = await authenticate('register', { cookie: user.cookie, origin });
  const body = { response: device.create(options), name: 'My key', ...more };
  await server.post('/api/auth/passkey/verify-registration', body, { cookie, origin }).expect(200);
  return async () => {
    const begun = await authenticate('authenticate', { origin });
    const response = device.get(begun.options);
    const headers = { cookie: begun.cookie, origin };
    return server.post('/api/auth/passkey/verify-authentication', { response }, headers);
  };
}

describe('with REQUIRE_EMAIL_VERIFICATION, a user whose address an administrator has changed', () => {
  it('begins no session with the password, and gets a mail', async () => {
    const user = await server.signUp(email);
    const address = await changeAddress(user);
    await endSessions(user);
    const answer = await server.post('/api/auth/sign-in/email', {
      email: address,
      password: PASSWORD,
    });
    expect(answer).toMatchObject(NOT_VERIFIED);
    expect([await sessionsOf(user), await mailsTo(address)]).toEqual([0, 1]);
    expect(await reasonsOf(user)).toEqual(toReason('password'));
  });

  it('begins no session with a passkey, and gets a mail, until the address is verified', async () => {
    const user = await server.signUp(email);
    const signIn = await addPasskey(user);
    const address = await changeAddress(user);
    await endSessions(user);
    expect(await signIn()).toMatchObject(NOT_VERIFIED);
    expect([await sessionsOf(user), await mailsTo(address)]).toEqual([0, 1]);
    expect(await reasonsOf(user)).toEqual(toReason('passkey'));
    await server.sql.query('UPDATE "user" SET email_verified = true WHERE id = $1', [user.userId]);
    expect((await signIn()).status).toBe(200);
  });

  it('begins no session with a second step that was due before', async () => {
    const { user, app } = await enrol(server, email);
    const cookies = await takeFirstStep(server, email);
    await server.sql.query('UPDATE "user" SET email_verified = false WHERE id = $1', [user.userId]);
    await endSessions(user);
    const answer = await takeSecondStep(server, { cookies, code: app.code(1) });
    expect(answer).toMatchObject(NOT_VERIFIED);
    expect(await sessionsOf(user)).toBe(0);
    expect(await reasonsOf(user)).toEqual(toReason('two_factor'));
  });

  it('keeps a session, which can set a new password', async () => {
    const user = await server.signUp(email);
    await changeAddress(user);
    const body = { currentPassword: PASSWORD, newPassword: 'another password of a user' };
    const changed = await server
      .post('/api/auth/change-password', { ...body, revokeOtherSessions: true }, user.bearer)
      .expect(200);
    const bearer = { authorization: `Bearer ${changed.body.token}` };
    await server.get('/api/auth/token', bearer).expect(200);
  });

  it('keeps a session, which another one replaces when a passkey is added', async () => {
    const user = await server.signUp(email);
    await changeAddress(user);
    await addPasskey(user, { createSession: true });
    expect(await sessionsOf(user)).toBe(1);
  });

  it('can be impersonated', async () => {
    const user = await server.signUp(email);
    await changeAddress(user);
    const admin = await server.signInAdmin();
    const body = { userId: user.userId };
    await server.post('/api/auth/admin/impersonate-user', body, admin.bearer).expect(200);
  });
});
