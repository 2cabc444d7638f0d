import { PASSWORD, type SignedIn } from '../support/auth-server/harness';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';
import { startClock, stopClock } from '../support/clock';
import { AuthenticatorApp } from './authenticator-app';
import { enrol, takeFirstStep, takeSecondStep } from './second-step';

let server: InProcessAuthServer;
let count = 0;

beforeAll(async () => {
  stopClock();
  server = await startInProcess();
});

beforeEach(() => {
  count += 1;
});

afterAll(async () => {
  startClock();
  await server.stop();
});

const isSignedIn = async (headers: Record<string, string>) =>
  (await server.get('/api/auth/get-session', headers)).body !== null;

/** The next request with a session of the user extends the session. */
const makeDue = (userId: string) =>
  server.sql.query(
    `UPDATE session SET expires_at = expires_at - interval '25 hours' WHERE user_id = $1`,
    [userId],
  );

describe('on a session that the request extends', () => {
  it.each(['verify-totp', 'verify-backup-code'])(
    'the refusal at %s keeps the other sessions and the number of wrong codes',
    async (path) => {
      const ada = await enrol(server, `ada-${count}@example.com`);
      const cookies = await takeFirstStep(server, ada.email);
      const other = await takeSecondStep(server, { cookies, code: ada.app.code(1) });
      const challenge = await takeFirstStep(server, ada.email);
      await takeSecondStep(server, { cookies: challenge, code: ada.app.wrongCode() }).expect(401);
      await makeDue(ada.user.userId);
      const code = ada.app.wrongCode();
      await server.post(`/api/auth/two-factor/${path}`, { code }, ada.bearer).expect(403);
      const bearer = { authorization: `Bearer ${other.headers['set-auth-token']}` };
      expect(await isSignedIn(bearer)).toBe(true);
      const { rows } = await server.sql.query(
        'SELECT failed_verification_count AS wrong FROM two_factor WHERE user_id = $1',
        [ada.user.userId],
      );
      expect(rows).toEqual([{ wrong: 1 }]);
    },
  );

  it('a wrong first code keeps the other sessions', async () => {
    const { eve, other, app } = await beginEnrolment();
    await verify(eve, app.wrongCode()).expect(401);
    expect([await isSignedIn(eve.bearer), await isSignedIn(other.bearer)]).toEqual([true, true]);
  });

  it('a right first code ends the other sessions', async () => {
    const { eve, other, app } = await beginEnrolment();
    await verify(eve, app.code()).expect(200);
    expect([await isSignedIn(eve.bearer), await isSignedIn(other.bearer)]).toEqual([false, false]);
  });
});

/** A user with two sessions, who has not entered the first code. */
async function beginEnrolment() {
  const email = `eve-${count}@example.com`;
  const eve = await server.signUp(email);
  const other = await server.signIn(email);
  const { body } = await server
    .post('/api/auth/two-factor/enable', { password: PASSWORD }, eve.bearer)
    .expect(200);
  await makeDue(eve.userId);
  return { eve, other, app: new AuthenticatorApp(body.totpURI) };
}

function verify({ bearer }: SignedIn, code: string) {
  return server.post('/api/auth/two-factor/verify-totp', { code }, bearer);
}
