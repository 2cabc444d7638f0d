import { PASSWORD } from '../support/auth-server/harness';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';
import { passSteps } from './authenticator-app';
import { startClock, stopClock } from '../support/clock';
import {
  cookiesOf,
  enrol,
  ORIGIN,
  signInOn,
  type Enrolled,
  takeFirstStep,
  takeSecondStep,
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

it('a recovery code always begins a session and informs its owner', async () => {
  const cookies = await takeFirstStep(server, ada.email);
  const path = '/api/auth/two-factor/verify-backup-code';
  const body = { code: ada.recoveryCodes[0], disableSession: true };
  const { headers } = await server
    .post(path, body, { cookie: cookies, origin: ORIGIN })
    .expect(200);
  const bearer = { authorization: `Bearer ${headers['set-auth-token']}` };
  expect((await server.get('/api/auth/get-session', bearer)).body.user.email).toBe(ada.email);
  const { body: mailbox } = await server.get('/dev/mailbox');
  expect(mailbox.items[0]).toMatchObject({
    to: ada.email,
    subject: 'A recovery code was used to sign in to your account',
  });
});

const SEPARATED: [string, (code: string) => string][] = [
  ['spaces', (code) => ` ${code.slice(0, 3)} ${code.slice(3)} `],
  ['a hyphen', (code) => `${code.slice(0, 3)}-${code.slice(3)}`],
  ['a dash and a no-break space', (code) => `${code.slice(0, 2)}\u2013${code.slice(2)}\u00a0`],
];

it.each(SEPARATED)('both kinds of codes are accepted with %s', async (_what, separate) => {
  const verify = async (path: string, code: string) => {
    const cookie = await takeFirstStep(server, ada.email);
    const body = { code: separate(code) };
    await server.post(`/api/auth/two-factor/${path}`, body, { cookie, origin: ORIGIN }).expect(200);
  };
  await verify('verify-totp', ada.app.code(1));
  await verify('verify-backup-code', ada.recoveryCodes[0]!);
  await verify('verify-backup-code', ada.recoveryCodes[1]!.replace('-', ''));
});

describe('a code of the app', () => {
  it('that enabled the factor does not sign in', async () => {
    const cookies = await takeFirstStep(server, ada.email);
    const answer = await takeSecondStep(server, { cookies, code: ada.app.code() });
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_CODE' } });
  });

  it('is valid once, also within its time', async () => {
    const code = ada.app.code(1);
    const first = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies: first, code }).expect(200);
    const second = await takeFirstStep(server, ada.email);
    const replayed = await takeSecondStep(server, { cookies: second, code });
    expect(replayed).toMatchObject({ status: 401, body: { code: 'INVALID_CODE' } });
    passSteps(1);
    await takeSecondStep(server, { cookies: second, code }).expect(401);
    await takeSecondStep(server, { cookies: second, code: ada.app.code(1) }).expect(200);
  });

  it('gives one session to twenty challenges at the same time', async () => {
    const challenges = await Promise.all(
      Array.from({ length: 20 }, () => takeFirstStep(server, ada.email)),
    );
    const code = ada.app.code(1);
    const answers = await Promise.all(
      challenges.map((cookies) => takeSecondStep(server, { cookies, code })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each([-1, 1])('is accepted when the clocks are %i step apart', async (steps) => {
    passSteps(10);
    const cookies = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies, code: ada.app.code(steps) }).expect(200);
  });

  it.each([-2, 2])('is refused when the clocks are %i steps apart', async (steps) => {
    passSteps(10);
    const cookies = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies, code: ada.app.code(steps) }).expect(401);
  });
});

describe('a recovery code', () => {
  it('is valid once', async () => {
    const [code] = ada.recoveryCodes;
    const first = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies: first, code: code! }).expect(200);
    const second = await takeFirstStep(server, ada.email);
    const again = await takeSecondStep(server, { cookies: second, code: code! });
    expect(again).toMatchObject({ status: 401, body: { code: 'INVALID_BACKUP_CODE' } });
  });

  it('gives one session to twenty challenges at the same time', async () => {
    const challenges = await Promise.all(
      Array.from({ length: 20 }, () => takeFirstStep(server, ada.email)),
    );
    // More parallel attempts than the limit allows: the code itself decides.
    const answers = await Promise.all(
      challenges.map(async (cookies, i) => {
        if (i % 4 === 0) await clearAttempts();
        return takeSecondStep(server, { cookies, code: ada.recoveryCodes[0]! });
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is stored encrypted, like the secret', async () => {
    const { rows } = await server.sql.query(
      'SELECT secret, backup_codes FROM two_factor WHERE user_id = $1',
      [ada.user.userId],
    );
    for (const text of [...ada.app.secret, ...ada.recoveryCodes]) {
      expect(JSON.stringify(rows)).not.toContain(text);
    }
  });

  it('is invalid after new ones were made', async () => {
    const made = await server
      .post('/api/auth/two-factor/generate-backup-codes', { password: PASSWORD }, ada.bearer)
      .expect(200);
    const cookies = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies, code: ada.recoveryCodes[0]! }).expect(401);
    await takeSecondStep(server, { cookies, code: made.body.backupCodes[0] }).expect(200);
  });
});

async function clearAttempts(): Promise<void> {
  await server.sql.query(
    'UPDATE two_factor SET failed_verification_count = 0, locked_until = NULL WHERE user_id = $1',
    [ada.user.userId],
  );
}

describe('guessing', () => {
  it('is stopped after five wrong codes over all challenges, also for the right code', async () => {
    for (let i = 0; i < 5; i += 1) {
      const cookies = await takeFirstStep(server, ada.email);
      await takeSecondStep(server, { cookies, code: ada.app.wrongCode() }).expect(401);
    }
    const cookies = await takeFirstStep(server, ada.email);
    for (const code of [ada.app.code(1), ada.recoveryCodes[0]!]) {
      const answer = await takeSecondStep(server, { cookies, code });
      expect(answer).toMatchObject({ status: 429, body: { code: 'TOO_MANY_ATTEMPTS' } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(30);
    }
  });

  it('sends the owner one mail', async () => {
    for (let i = 0; i < 7; i += 1) {
      const cookies = await takeFirstStep(server, ada.email);
      await takeSecondStep(server, { cookies, code: ada.app.wrongCode() });
    }
    const { body } = await server.get('/dev/mailbox', { accept: 'application/json' });
    const mails = (body.items as { to: string; subject: string }[]).filter(
      ({ to, subject }) => to === ada.email && subject.includes('Wrong codes'),
    );
    expect(mails).toHaveLength(1);
  });

  it('is stopped for a hundred parallel codes', async () => {
    const challenges = await Promise.all(
      Array.from({ length: 20 }, () => takeFirstStep(server, ada.email)),
    );
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        takeSecondStep(server, { cookies: challenges[i % 20]!, code: ada.app.wrongCode() }),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(95);
  });

  it('doubles the wait each time, up to one hour', async () => {
    const waits: number[] = [];
    for (let i = 0; i < 14; i += 1) {
      const cookies = await takeFirstStep(server, ada.email);
      await takeSecondStep(server, { cookies, code: ada.app.wrongCode() }).expect(401);
      waits.push(await endWait());
    }
    expect(waits).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
  });

  it('is reset by a right code', async () => {
    for (let i = 0; i < 4; i += 1) {
      const cookies = await takeFirstStep(server, ada.email);
      await takeSecondStep(server, { cookies, code: ada.app.wrongCode() }).expect(401);
    }
    const cookies = await takeFirstStep(server, ada.email);
    await takeSecondStep(server, { cookies, code: ada.app.code(1) }).expect(200);
    const { rows } = await server.sql.query(
      'SELECT failed_verification_count AS count FROM two_factor WHERE user_id = $1',
      [ada.user.userId],
    );
    expect(rows).toEqual([{ count: 0 }]);
  });

  it('does not affect a trusted device', async () => {
    const first = await takeFirstStep(server, ada.email);
    const code = ada.app.code(1);
    const trusted = cookiesOf(
      await takeSecondStep(server, { cookies: first, code, trustDevice: true }),
    );
    for (let i = 0; i < 5; i += 1) {
      const cookies = await takeFirstStep(server, ada.email);
      await takeSecondStep(server, { cookies, code: ada.app.wrongCode() }).expect(401);
    }
    expect((await signInOn(server, { email: ada.email, cookies: trusted })).body).toHaveProperty(
      'token',
    );
  });

  it('within a session is refused, because it would reveal right codes', async () => {
    for (const code of [ada.app.code(1), ada.app.wrongCode(), ada.recoveryCodes[0]!]) {
      const kind = /^\d{6}$/.test(code) ? 'totp' : 'backup-code';
      const path = `/api/auth/two-factor/verify-${kind}`;
      const answer = await server.post(path, { code }, ada.bearer);
      expect(answer).toMatchObject({ status: 403, body: { code: 'ALREADY_SIGNED_IN' } });
    }
  });
});

/** @returns the wait in seconds, which then ends. */
async function endWait(): Promise<number> {
  const { rows } = await server.sql.query(
    `WITH old AS (SELECT id, locked_until FROM two_factor WHERE user_id = $1)
     UPDATE two_factor SET locked_until = NULL FROM old WHERE two_factor.id = old.id
     RETURNING ceil(extract(epoch FROM old.locked_until - now()))::int AS wait`,
    [ada.user.userId],
  );
  const wait = rows[0].wait ?? 0;
  // A part of it has passed when it is read.
  return Math.ceil(wait / 30) * 30;
}
