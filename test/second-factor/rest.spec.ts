import { decodeJwt } from 'jose';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import type { TwoFactorRequired } from '../../src/auth-proxy/second-step.schemas';
import { Caller } from '../support/caller';
import { expectProblem } from '../support/problems';
import { reservePorts } from '../support/ports';
import { InProcessSystem } from '../support/in-process-system';
import { PASSWORD, type SignedInUser } from '../support/system';
import { type AuthenticatorApp, passSteps } from './authenticator-app';
import { startClock, stopClock } from '../support/clock';
import { enrolUser } from './enrolment';

const SIGN_IN = '/api/v1/auth/sign-in';
const SECOND_STEP = '/api/v1/auth/two-factor';

let system: InProcessSystem;
let ada: SignedInUser;
let app: AuthenticatorApp;
let recoveryCodes: string[];

beforeAll(async () => {
  stopClock();
  system = await InProcessSystem.start();
});

afterAll(async () => {
  startClock();
  await system.stop();
});

beforeEach(async () => {
  ada = await system.asUser();
  ({ app, recoveryCodes } = await enrolUser(system, ada));
});

async function takeFirstStep(): Promise<string> {
  const { email } = ada;
  const answer = await system
    .asAnonymous()
    .post<TwoFactorRequired>(SIGN_IN, { email, password: PASSWORD });
  expect(answer).toMatchObject({ status: 200, body: { twoFactorRequired: true } });
  expect(Object.keys(answer.body).sort()).toEqual(['challenge', 'twoFactorRequired']);
  expect(answer.headers.get('set-cookie')).toBeNull();
  return answer.body.challenge;
}

const takeSecondStep = (challenge: string, code: string) =>
  system.asAnonymous().post<SignedIn>(SECOND_STEP, { challenge, code });

describe('POST /auth/two-factor', () => {
  it.each([
    ['a code of the app', () => app.code(1)],
    ['a code of the app with a space', () => app.code(1).replace(/^.../, '$& ')],
    ['a code of the app with a hyphen', () => app.code(1).replace(/^.../, '$&-')],
    ['a recovery code', () => recoveryCodes[0]!],
    ['a recovery code without its hyphen', () => recoveryCodes[0]!.replace('-', ' ')],
  ])('signs in with %s', async (_kind, code) => {
    const answer = await takeSecondStep(await takeFirstStep(), code());
    expect(answer).toMatchObject({
      status: 200,
      body: { user: { id: ada.id, email: ada.email }, tokenType: 'Bearer', expiresIn: 900 },
    });
    const { accessToken, refreshToken } = answer.body;
    const me = await new Caller(system.apiUrl, accessToken).get('/api/v1/users/me');
    expect(me).toMatchObject({ status: 200, body: { id: ada.id } });
    const refreshed = await system
      .asAnonymous()
      .post<SignedIn>('/api/v1/auth/refresh', { refreshToken });
    for (const token of [accessToken, refreshed.body.accessToken]) {
      expect(decodeJwt(token).amr).toEqual(['pwd', 'otp', 'mfa']);
    }
  });

  it('accepts a challenge once', async () => {
    const challenge = await takeFirstStep();
    expect((await takeSecondStep(challenge, app.code(1))).status).toBe(200);
    expectProblem(await takeSecondStep(challenge, recoveryCodes[0]!), 'invalid_challenge');
  });

  it('accepts a code once', async () => {
    expect((await takeSecondStep(await takeFirstStep(), app.code(1))).status).toBe(200);
    const again = await takeSecondStep(await takeFirstStep(), app.code(1));
    expectProblem(again, 'invalid_two_factor_code');
  });

  it('accepts a recovery code once in twenty parallel requests', async () => {
    const challenges = await Promise.all(Array.from({ length: 4 }, takeFirstStep));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => takeSecondStep(challenges[i % 4]!, recoveryCodes[0]!)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  });

  it('refuses a wrong code, and keeps the challenge valid', async () => {
    const challenge = await takeFirstStep();
    for (const wrong of [app.wrongCode(), 'aaaaa-aaaaa', ' ', '１２３４５６']) {
      expectProblem(await takeSecondStep(challenge, wrong), 'invalid_two_factor_code');
    }
    expect((await takeSecondStep(challenge, app.code(1))).status).toBe(200);
  });

  it('makes the account wait after five wrong codes, with Retry-After', async () => {
    const challenge = await takeFirstStep();
    for (let i = 0; i < 5; i += 1) await takeSecondStep(challenge, app.wrongCode());
    const answer = await takeSecondStep(await takeFirstStep(), app.code(1));
    expectProblem(answer, 'too_many_requests');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('refuses a challenge after five minutes', async () => {
    const challenge = await takeFirstStep();
    passSteps(11);
    expectProblem(await takeSecondStep(challenge, app.code()), 'invalid_challenge');
  });

  it('refuses invented challenges and other cookies', async () => {
    const code = app.code(1);
    for (const challenge of ['made-up', ada.refreshToken, `2fa-${'a'.repeat(20)}.abc%3D`]) {
      expectProblem(await takeSecondStep(challenge, code), 'invalid_challenge');
    }
    const smuggled = `x; better-auth.session_token=${ada.refreshToken}`;
    for (const challenge of [smuggled, 'a\r\nb', '', 'a'.repeat(257)]) {
      expectProblem(await takeSecondStep(challenge, code), 'validation_failed');
    }
  });

  it('refuses other fields, such as a trusted device', async () => {
    const body = { challenge: await takeFirstStep(), code: app.code(1), trustDevice: true };
    expectProblem(await system.asAnonymous().post(SECOND_STEP, body), 'validation_failed');
  });

  it('refuses a banned user', async () => {
    const challenge = await takeFirstStep();
    await system.query('UPDATE "user" SET banned = true WHERE id = $1', [ada.id]);
    expectProblem(await takeSecondStep(challenge, app.code(1)), 'banned');
  });

  it('refuses a user with an unverified e-mail address where a verified one is required', async () => {
    const strict = await InProcessSystem.start({ env: { REQUIRE_EMAIL_VERIFICATION: 'true' } });
    try {
      const account = { email: 'ben@example.com', password: PASSWORD };
      await strict.asAnonymous().post('/api/v1/auth/sign-up', { ...account, name: 'Ben' });
      await strict.query('UPDATE "user" SET email_verified = true WHERE email = $1', [
        account.email,
      ]);
      const ben = await strict.signIn(account);
      const enrolled = await enrolUser(strict, ben);
      const { body } = await strict.asAnonymous().post<TwoFactorRequired>(SIGN_IN, account);
      await strict.query('UPDATE "user" SET email_verified = false WHERE id = $1', [ben.id]);
      const second = { challenge: body.challenge, code: enrolled.app.code(1) };
      expectProblem(await strict.asAnonymous().post(SECOND_STEP, second), 'email_not_verified');
    } finally {
      await strict.stop();
    }
  });
});

describe('a challenge', () => {
  it('is not a token, neither for refresh nor for requests', async () => {
    const challenge = await takeFirstStep();
    const refreshed = await system
      .asAnonymous()
      .post('/api/v1/auth/refresh', { refreshToken: challenge });
    expectProblem(refreshed, 'invalid_refresh_token');
    expectProblem(
      await new Caller(system.apiUrl, challenge).get('/api/v1/users/me'),
      'invalid_token',
    );
  });

  it('is not required without a second factor', async () => {
    const bob = await system.asUser();
    expect((await system.signIn({ email: bob.email, password: PASSWORD })).id).toBe(bob.id);
  });
});

describe('with https, where the cookie of the first step has another name', () => {
  it('signs in', async () => {
    const [port] = await reservePorts(1);
    const secure = await InProcessSystem.start({
      env: {
        AUTH_PORT: String(port),
        AUTH_URL: 'https://auth.example.com',
        AUTH_INTERNAL_URL: `http://localhost:${port}`,
      },
    });
    try {
      const eve = await secure.asUser();
      const enrolment = await enrolUser(secure, eve);
      const api = secure.asAnonymous();
      const credentials = { email: eve.email, password: PASSWORD };
      const { challenge } = (await api.post<TwoFactorRequired>(SIGN_IN, credentials)).body;
      const code = enrolment.app.code(1);
      const answer = await api.post<SignedIn>(SECOND_STEP, { challenge, code });
      expect(answer).toMatchObject({ status: 200, body: { user: { id: eve.id } } });
    } finally {
      await secure.stop();
    }
  });
});
