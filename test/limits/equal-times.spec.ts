import { hashPassword } from 'better-auth/crypto';
import { DEFAULT_HASHES } from '../support/auth-server/hash-cost';
import { PASSWORD, startAuthServer, type RunningAuthServer } from '../support/auth-server/harness';

/** Generous: on a loaded host medians of alternating samples differ by a few percent. */
const LEAST_RATIO = 0.7;
const MOST_RATIO = 1.4;
const MOST_ATTEMPTS = 8;

let server: RunningAuthServer;
let count = 0;

beforeAll(async () => {
  // An unavailable mail server: mails are queued, as in production.
  const env = {
    REQUIRE_EMAIL_VERIFICATION: 'true',
    SMTP_URL: 'smtp://127.0.0.1:1',
    RATE_LIMITS: 'off',
    ...DEFAULT_HASHES,
  };
  server = await startAuthServer(env);
  for (const email of ['known@example.com', 'social@example.com']) {
    const body = { email, password: PASSWORD, name: 'Known' };
    await server.post('/api/auth/sign-up/email', body).expect(200);
  }
  await server.sql.query(`
    UPDATE account SET provider_id = 'google', password = NULL WHERE user_id = (SELECT id FROM "user" WHERE email = 'social@example.com')`);
});
afterAll(() => server.stop());

type Asks = Record<string, () => PromiseLike<{ status: number }>>;
type Times = Record<string, number[]>;

interface Expected {
  rounds: number;
  status: number;
}

/**
 * Other work on the host makes single requests slower. Where the medians differ, more rounds are
 * added: a difference by chance disappears, and a difference of the server remains.
 */
async function expectEqualTimes(asks: Asks, expected: Expected): Promise<void> {
  const times: Times = {};
  // The first round warms up.
  await addTimes(asks, { rounds: 1, status: expected.status, times: {} });
  for (let attempt = 1; ; attempt += 1) {
    await addTimes(asks, { ...expected, times });
    const medians = mediansOf(times);
    if (areEqual(medians)) return;
    if (attempt === MOST_ATTEMPTS) throw new Error(`unequal times: ${JSON.stringify(medians)}`);
  }
}

/** Alternates between the requests, and adds their times in milliseconds. */
async function addTimes(
  asks: Asks,
  { rounds, status, times }: Expected & { times: Times },
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, ask] of Object.entries(asks)) {
      const start = performance.now();
      const answer = await ask();
      expect([name, answer.status]).toEqual([name, status]);
      (times[name] ??= []).push(performance.now() - start);
    }
  }
}

function mediansOf(times: Times): Record<string, number> {
  const medians = Object.entries(times).map(
    ([name, list]) => [name, list.toSorted((a, b) => a - b)[list.length >> 1]!] as const,
  );
  return Object.fromEntries(medians);
}

function areEqual({ unknown, ...others }: Record<string, number>): boolean {
  return Object.values(others)
    .map((median) => median / unknown!)
    .every((ratio) => ratio > LEAST_RATIO && ratio < MOST_RATIO);
}

const signIn = (email: string) => () =>
  server.post('/api/auth/sign-in/email', { email, password: 'not the password' });

it('a refused sign-in takes the same time for an unknown e-mail address and for an account without a password', async () => {
  const asks = {
    known: signIn('known@example.com'),
    unknown: signIn('unknown@example.com'),
    social: signIn('social@example.com'),
  };
  await expectEqualTimes(asks, { rounds: 7, status: 401 });
});

it.each([
  ['for a new password', '/api/auth/request-password-reset'],
  ['for another mail of verification', '/api/auth/send-verification-email'],
])('a request for %s takes the same time for an unknown e-mail address', async (_what, path) => {
  const ask = (email: string) => () => server.post(path, { email });
  const asks = { known: ask('known@example.com'), unknown: ask('unknown@example.com') };
  await expectEqualTimes(asks, { rounds: 3, status: 200 });
});

it('a sign-up with verification takes the same time for a taken e-mail address', async () => {
  const signUp = (email: () => string) => () =>
    server.post('/api/auth/sign-up/email', { email: email(), password: PASSWORD, name: 'New' });
  const asks = {
    taken: signUp(() => 'known@example.com'),
    unknown: signUp(() => `new${(count += 1)}@example.com`),
  };
  await expectEqualTimes(asks, { rounds: 4, status: 200 });
});

it('a refused sign-in takes the same time for an account with an old hash', async () => {
  await server.post('/api/auth/sign-up/email', {
    email: 'old@example.com',
    password: PASSWORD,
    name: 'Old',
  });
  await server.sql.query(
    `UPDATE account SET password = $1 WHERE user_id = (SELECT id FROM "user" WHERE email = $2)`,
    [await hashPassword(PASSWORD), 'old@example.com'],
  );
  const asks = {
    old: signIn('old@example.com'),
    known: signIn('known@example.com'),
    unknown: signIn('unknown@example.com'),
    social: signIn('social@example.com'),
  };
  await expectEqualTimes(asks, { rounds: 7, status: 401 });
});
