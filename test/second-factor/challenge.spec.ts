import { PASSWORD } from '../support/auth-server/harness';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';
import { resetCodeOf } from '../support/reset-code';
import { passSteps } from './authenticator-app';
import { startClock, stopClock } from '../support/clock';
import { cookiesOf, enrol, type Enrolled, takeFirstStep, takeSecondStep } from './second-step';

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

const sessionsOf = async ({ user }: Enrolled) =>
  (await server.sql.query('SELECT token FROM session WHERE user_id = $1', [user.userId])).rows;

describe('after the first step alone', () => {
  it('there is no session, neither in the response nor in the database', async () => {
    const [only] = await sessionsOf(ada);
    const { email } = ada;
    const answer = await server.post('/api/auth/sign-in/email', { email, password: PASSWORD });
    expect(answer.headers['set-auth-token']).toBeUndefined();
    expect(answer.headers['set-auth-jwt']).toBeUndefined();
    expect(JSON.stringify(answer.body)).not.toMatch(/token/);
    expect(cookiesOf(answer)).toMatch(/^better-auth\.two_factor=2fa-[^;]+$/);
    expect(await sessionsOf(ada)).toEqual([only]);
  });

  it('its cookie is HttpOnly, for this site, for five minutes', async () => {
    const { email } = ada;
    const answer = await server.post('/api/auth/sign-in/email', { email, password: PASSWORD });
    const lines = answer.headers['set-cookie'] as unknown as string[];
    const line = lines.find((each) => each.includes('two_factor='));
    expect(line).toMatch(/; Max-Age=300; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it.each(['/api/auth/get-session', '/api/auth/token', '/api/auth/list-sessions'])(
    'its cookie is refused at %s, under every name, and as bearer token',
    async (path) => {
      const cookies = await takeFirstStep(server, ada.email);
      const value = cookies.slice(cookies.indexOf('=') + 1);
      const attempts: Record<string, string>[] = [
        { cookie: cookies },
        { cookie: `better-auth.session_token=${value}` },
        { authorization: `Bearer ${value}` },
        { authorization: `Bearer ${decodeURIComponent(value)}` },
        { authorization: `Bearer ${value.split('.')[0]}` },
      ];
      for (const headers of attempts) {
        const answer = await server.get(path, headers);
        expect([answer.status, answer.body === null]).toEqual(
          path.endsWith('get-session') ? [200, true] : [401, false],
        );
      }
    },
  );

  it('a signed cookie of another kind is not a challenge', async () => {
    const session = (await server.signUp(`eve-${count}@example.com`)).cookie;
    const swapped = session.replace('session_token', 'two_factor');
    await takeSecondStep(server, { cookies: swapped, code: ada.app.code(1) }).expect(401);
  });

  it('a challenge with a wrong or missing signature is refused', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    const [name, signature] = cookies.split('.two_factor=')[1]!.split('.');
    const other = `${signature!.startsWith('A') ? 'B' : 'A'}${signature!.slice(1)}`;
    for (const value of [name, `${name}.`, `${name}.${other}`]) {
      const forged = `better-auth.two_factor=${value}`;
      await takeSecondStep(server, { cookies: forged, code: ada.app.code(1) }).expect(401);
    }
    await takeSecondStep(server, { cookies, code: ada.app.code(1) }).expect(200);
  });

  it("a code of one user does not pass another's challenge", async () => {
    const eve = await enrol(server, `eve-${count}@example.com`);
    const cookies = await takeFirstStep(server, ada.email);
    const answer = await takeSecondStep(server, { cookies, code: eve.app.code(1) });
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_CODE' } });
    const recovery = await takeSecondStep(server, { cookies, code: eve.recoveryCodes[0]! });
    expect(recovery).toMatchObject({ status: 401, body: { code: 'INVALID_BACKUP_CODE' } });
  });
});

describe('a challenge', () => {
  it('is valid for one success', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies, code: ada.app.code(1) }).expect(200);
    const again = await takeSecondStep(server, { cookies, code: ada.recoveryCodes[0]! });
    expect(again).toMatchObject({ status: 401, body: { code: 'INVALID_TWO_FACTOR_COOKIE' } });
  });

  it('gives one session to twenty right codes at the same time', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    const before = (await sessionsOf(ada)).length;
    const codes = Array.from({ length: 20 }, (_, i) => ada.recoveryCodes[i % 10]!);
    const answers = await Promise.all(
      codes.map((code) => takeSecondStep(server, { cookies, code })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await sessionsOf(ada)).toHaveLength(before + 1);
  });

  it('is refused after five minutes', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    passSteps(11);
    const answer = await takeSecondStep(server, { cookies, code: ada.app.code() });
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_TWO_FACTOR_COOKIE' } });
  });

  it('that is over does not use the code up, and counts no attempt', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    passSteps(11);
    const code = ada.app.code();
    await takeSecondStep(server, { cookies, code }).expect(401);
    const attempts = `SELECT failed_verification_count AS n FROM two_factor WHERE user_id = $1`;
    const { rows } = await server.sql.query(attempts, [ada.user.userId]);
    expect(rows).toEqual([{ n: 0 }]);
    const next = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies: next, code }).expect(200);
  });

  it.each(['reset', 'change'])('ends when the password changes: %s', async (way) => {
    const cookies = await takeFirstStep(server, ada.email);
    await changePassword(way);
    const answer = await takeSecondStep(server, { cookies, code: ada.app.code(1) });
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_TWO_FACTOR_COOKIE' } });
  });

  it('does not bypass a ban', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    await server.sql.query('UPDATE "user" SET banned = true WHERE id = $1', [ada.user.userId]);
    const answer = await takeSecondStep(server, { cookies, code: ada.app.code(1) });
    expect(answer).toMatchObject({ status: 403, body: { code: 'BANNED_USER' } });
  });
});

async function changePassword(way: string): Promise<void> {
  const newPassword = 'quite another long password';
  if (way === 'change') {
    const body = { currentPassword: PASSWORD, newPassword };
    await server.post('/api/auth/change-password', body, ada.bearer).expect(200);
    return;
  }
  await server.post('/api/auth/request-password-reset', { email: ada.email }).expect(200);
  const token = await resetCodeOf(server.url, ada.email);
  await server.post('/api/auth/reset-password', { token, newPassword }).expect(200);
  // A reset proves the mailbox, not the second factor.
  const signIn = { email: ada.email, password: newPassword };
  const answer = await server.post('/api/auth/sign-in/email', signIn).expect(200);
  expect(answer.body.twoFactorRedirect).toBe(true);
  expect(await sessionsOf(ada)).toEqual([]);
}
