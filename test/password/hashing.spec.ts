import { hash as hashArgon2 } from '@node-rs/argon2';
import { hashPassword } from 'better-auth/crypto';
import { pino } from 'pino';
import { Argon2id } from '../../auth-server/password/argon2id';
import { PasswordHasher } from '../../auth-server/password/password-hasher';
import { PasswordUpgrade } from '../../auth-server/password/password-upgrade';
import {
  BusyError,
  ConcurrencyLimit,
  ShareError,
} from '../../auth-server/password/concurrency-limit';
import { authSettings, INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { DEFAULT_HASHES } from '../support/auth-server/hash-cost';
import { PASSWORD, startAuthServer, type RunningAuthServer } from '../support/auth-server/harness';
import { eventually } from '../support/eventually';

const { passwordHashCost: COST } = authSettings('postgres://localhost/none', DEFAULT_HASHES);
const argon2id = new Argon2id(COST);
const TODAY = /^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/;

let server: RunningAuthServer;

beforeAll(async () => (server = await startAuthServer(DEFAULT_HASHES)));
afterAll(() => server.stop());

async function storedHash(email: string): Promise<string> {
  const { rows } = await server.sql.query(
    `SELECT a.password FROM account a JOIN "user" u ON u.id = a.user_id WHERE u.email = $1`,
    [email],
  );
  return rows[0].password;
}

async function storeHash(email: string, hash: string): Promise<void> {
  await server.sql.query(
    `UPDATE account SET password = $2 WHERE user_id = (SELECT id FROM "user" WHERE email = $1)`,
    [email, hash],
  );
}

it('a new password is stored as argon2id with the current parameters', async () => {
  await server.signUp('new@example.com');
  expect(await storedHash('new@example.com')).toMatch(TODAY);
});

it('a password is equal in every Unicode normalization form', async () => {
  const stored = await argon2id.hash('cafe\u0301 au lait ﬁn');
  await expect(argon2id.verify(stored, 'caf\u00e9 au lait fin')).resolves.toBe(true);
});

describe.each([
  ["Better-Auth's scrypt", () => hashPassword(PASSWORD)],
  [
    'argon2id with other parameters',
    () => hashArgon2(PASSWORD, { memoryCost: 8_192, timeCost: 2 }),
  ],
])('an account whose hash is %s', (_kind, makeHash) => {
  const email = 'old@example.com';

  beforeAll(async () => {
    await server.sql.query(`DELETE FROM "user" WHERE email = $1`, [email]);
    await server.signUp(email);
  });

  it('keeps it after a wrong password', async () => {
    const old = await makeHash();
    await storeHash(email, old);
    const wrong = { email, password: 'not the password' };
    await server.post('/api/auth/sign-in/email', wrong).expect(401);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await storedHash(email)).toBe(old);
  });

  it('signs in with it, and then has a current hash', async () => {
    await storeHash(email, await makeHash());
    await server.signIn('Old@Example.com');
    await eventually(async () => expect(await storedHash(email)).toMatch(TODAY));
    const renewed = await storedHash(email);
    await server.signIn(email);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await storedHash(email)).toBe(renewed);
  });
});

it('a hash that was replaced in the meantime is kept', async () => {
  const email = 'race@example.com';
  await server.signUp(email);
  const old = await hashPassword(PASSWORD);
  await storeHash(email, old);
  const hasher = new PasswordHasher(COST);
  const upgrade = new PasswordUpgrade({
    pool: server.sql,
    hasher,
    logger: pino({ level: 'silent' }),
  });
  const chosenMeanwhile = await argon2id.hash('chosen in the meantime');
  upgrade.begin({ email, password: PASSWORD, hash: old });
  await storeHash(email, chosenMeanwhile);
  // Hashes run in order: this one ends after the upgrade.
  await hasher.hash('something else');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await storedHash(email)).toBe(chosenMeanwhile);
});

it('a damaged hash refuses every password', async () => {
  const email = 'damaged@example.com';
  await server.signUp(email);
  for (const damaged of ['', 'nonsense', '$argon2id$v=19$m=1', `$argon2id$${'x'.repeat(90)}`]) {
    await storeHash(email, damaged);
    await server.post('/api/auth/sign-in/email', { email, password: PASSWORD }).expect(401);
  }
});

describe('hashing', () => {
  it('runs a few at a time, in the order of arrival', async () => {
    const limit = new ConcurrencyLimit({ width: 2, capacity: 10 });
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const work = (index: number) => async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      order.push(index);
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map((index) => limit.run(work(index))));
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4, 5]]);
  });

  it('continues after failed work, and refuses work when the queue is full', async () => {
    const limit = new ConcurrencyLimit({ width: 1, capacity: 1 });
    const failing = () => Promise.reject(new Error('failed'));
    const attempts = [1, 2, 3].map(() => limit.run(failing));
    const outcomes = await Promise.allSettled(attempts);
    const reasons = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason);
    expect(reasons.map(({ message }) => message)).toEqual([
      'failed',
      'failed',
      'too much is waiting',
    ]);
    expect(reasons[2]).toBeInstanceOf(BusyError);
    await expect(limit.run(() => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('refuses work of a key whose share is full, and runs work of other keys', async () => {
    const limit = new ConcurrencyLimit({ width: 1, capacity: 10 });
    const run = (...keys: string[]) =>
      limit.run(
        () => Promise.resolve(keys[0]),
        keys.map((key) => ({ key, most: 2 })),
      );
    const running = [run('a', 'n'), run('a', 'n'), run('b', 'n')];
    await expect(run('c', 'n')).rejects.toBeInstanceOf(ShareError);
    await expect(run('a', 'm')).resolves.toBe('a');
    await expect(run('d', 'm')).resolves.toBe('d');
    await expect(Promise.all(running)).resolves.toEqual(['a', 'a', 'b']);
    await expect(run('c', 'n')).resolves.toBe('c');
  });

  it('a task waits for one task of another key, not for all that came before', async () => {
    const limit = new ConcurrencyLimit({ width: 1, capacity: 30 });
    const order: string[] = [];
    const run = (key: string) =>
      limit.run(() => Promise.resolve(order.push(key)), [{ key, most: 20 }]);
    await Promise.all(['a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'c'].map(run));
    expect(order.join('')).toBe('aabcababa');
  });

  it('uses at least the memory of the previous scrypt hashes', () => {
    const SCRYPT_KIB = (128 * 16_384 * 16) / 1024;
    expect(COST.memory).toBeGreaterThan(SCRYPT_KIB);
  });
});

describe('the queue of hashes', () => {
  const signIn = (email: string, from: string) =>
    server
      .post('/api/auth/sign-in/email', { email, password: PASSWORD })
      .set({ 'x-gatehouse-client-address': from, 'x-gatehouse-internal-key': INTERNAL_SECRET });

  beforeAll(async () => {
    await server.signUp('busy@example.com');
    await server.signUp('other@example.com');
  });

  it.each(['busy@example.com', 'unknown@example.com'])(
    'serves another account while 60 sign-ins of %s run',
    async (email) => {
      const flood = Array.from({ length: 60 }, (_, index) =>
        signIn(email, `198.51.100.${index + 1}`),
      );
      const answers = Promise.all(flood);
      await signIn('other@example.com', '203.0.113.1').expect(200);
      const refused = (await answers).filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(0);
      for (const { headers, body } of refused) {
        expect([headers['retry-after'], body.code]).toEqual(['2', 'TOO_MANY_REQUESTS']);
      }
    },
  );
});
