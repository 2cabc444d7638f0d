import { connect } from 'node:net';
import { hash as hashArgon2 } from '@node-rs/argon2';
import { hashPassword } from 'better-auth/crypto';
import { pino } from 'pino';
import { Argon2id } from '../../auth-server/password/argon2id';
import { PasswordHasher } from '../../auth-server/password/password-hasher';
import { PasswordUpgrade } from '../../auth-server/password/password-upgrade';
import { ConcurrencyLimit } from '../../auth-server/admission/concurrency-limit';
import { flowsOf, Admission } from '../../auth-server/admission/admission';
import { BusyError, Places, ShareError } from '../../auth-server/admission/places';
import { TurnQueue } from '../../auth-server/admission/turn-queue';
import { endPart, requestContext } from '../../auth-server/common/request-context';
import { authSettings, INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { DEFAULT_HASHES } from '../support/auth-server/hash-cost';
import { PASSWORD, startAuthServer, type RunningAuthServer } from '../support/auth-server/harness';
import { eventually } from '../support/eventually';
import { changeDuring, HOLD_UP } from '../support/servers/held-up-session';

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

  it('uses at least the memory of the previous scrypt hashes', () => {
    const SCRYPT_KIB = (128 * 16_384 * 16) / 1024;
    expect(COST.memory).toBeGreaterThan(SCRYPT_KIB);
  });
});

describe('turns', () => {
  /** The tasks in the order of their turns. */
  function orderOf(tasks: [string, ...{ key: string; step: number }[]][]): string {
    const queue = new TurnQueue<string>();
    for (const [name, ...flows] of tasks) queue.add(name, flows);
    return tasks.map(() => queue.take(() => true)).join('');
  }
  const account = (key: string) => ({ key, step: 1 });
  const network = (key: string) => ({ key, step: 0.5 });

  it('a task waits for one task of another account, not for all that came before', () => {
    const tasks = ['a', 'a', 'a', 'a', 'b', 'b', 'c'];
    expect(orderOf(tasks.map((name) => [name, account(name)]))).toBe('abcabaa');
  });

  it('a task waits for one turn of another network, with any number of accounts', () => {
    const of = (name: string, from: string) =>
      [name, account(name), network(from)] as [string, ...{ key: string; step: number }[]];
    const [one, other] = ['n1', 'n2'];
    const tasks = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => of(name, one));
    expect(orderOf([...tasks, of('x', other), of('y', other)])).toBe('axbycdef');
  });

  it('the owner of an account waits for one task of each other network', () => {
    const queue = new TurnQueue<string>();
    const of = (from: string) => flowsOf({ owner: 'victim', network: from });
    const strangers = Array.from({ length: 17 }, (_, n) => `network ${n}`);
    for (const from of strangers) {
      for (let n = 0; n < 24; n += 1) queue.add('stranger', of(from));
    }
    queue.add('owner', of('home'));
    const order = Array.from({ length: strangers.length + 1 }, () => queue.take(() => true));
    expect(order).toContain('owner');
  });

  it('a task that has gone gives its turn to the next one of its account', () => {
    const queue = new TurnQueue<string>();
    for (const name of ['a1', 'a2', 'a3']) queue.add(name, [account('a')]);
    for (const name of ['a2', 'a3']) expect(queue.remove(name)).toBe(true);
    queue.add('b1', [account('b')]);
    queue.add('b2', [account('b')]);
    queue.add('a4', [account('a')]);
    const order = [1, 2, 3, 4].map(() => queue.take(() => true));
    expect(order).toEqual(['a1', 'b1', 'b2', 'a4']);
    expect(queue.remove('a1')).toBe(false);
  });
});

describe('places', () => {
  const toContext = (id: number) => ({
    requestId: String(id),
    hasGone: () => false,
    openParts: 1,
  });

  it('are given back by requests that end in the same turn', async () => {
    const admission = new Admission({ databasePoolMax: 2 });
    const contexts = [1, 2, 3].map(toContext);
    const [admitted, waiting, last] = contexts.map(
      (context) => () => requestContext.run(context, () => admission.admit('password', 'owner')),
    );
    await admitted!();
    const ended = waiting!();
    await eventually(() => expect(contexts[1]).toHaveProperty('place'));
    endPart(contexts[0]!);
    endPart(contexts[1]!);
    await expect(ended).rejects.toThrow(BusyError);
    await last!();
  });

  it('are exchanged by a request whose password is found later', async () => {
    const admission = new Admission({ databasePoolMax: 1 });
    const first = toContext(0);
    await requestContext.run(first, () => admission.admit('other', ''));
    const others = [1, 2].map((id) =>
      requestContext.run(toContext(id), () => admission.admit('other', '')),
    );
    await others[0];
    await requestContext.run(first, () => admission.admit('password', 'owner'));
    await others[1];
    expect(first).toMatchObject({ place: { kind: 'password' } });
  });

  const LIMITS = { width: 4, ofOwner: 2, capacity: 3, waitMs: 60_000 };
  const { signal } = new AbortController();
  const entrant = (owner: string) => ({ owner, flows: [{ key: owner, step: 1 }], signal });

  /** Owners in the order in which they get a place. */
  function enterAll(places: Places, owners: string[], entered: string[]) {
    return owners.map(async (owner) => {
      const leave = await places.enter(entrant(owner));
      entered.push(owner);
      return leave;
    });
  }

  it('are half for one owner, and others take the rest', async () => {
    const entered: string[] = [];
    const entering = enterAll(new Places(LIMITS), ['a', 'a', 'a', 'b', 'c'], entered);
    const leave = await entering[0]!;
    await Promise.all([entering[3], entering[4]]);
    expect(entered).toEqual(['a', 'a', 'b', 'c']);
    leave();
    // Only the first call gives a place.
    leave();
    await entering[2];
    expect(entered).toEqual(['a', 'a', 'b', 'c', 'a']);
  });

  it('are refused to the latest turn while too many wait, and to a caller who waits too long', async () => {
    const places = new Places({ ...LIMITS, width: 1, ofOwner: 1 });
    const [running, ...waiting] = enterAll(places, ['a', 'a', 'a', 'a', 'b'], []);
    await expect(waiting[2]).rejects.toBeInstanceOf(ShareError);
    (await running!)();
    (await waiting[0]!)();
    (await waiting[3]!)();
    await waiting[1];
    const impatient = new Places({ ...LIMITS, width: 1, waitMs: 10 });
    const [, own, other] = enterAll(impatient, ['a', 'b', 'b'], []);
    await expect(own).rejects.toThrow(BusyError);
    await expect(own).rejects.not.toBeInstanceOf(ShareError);
    await expect(other).rejects.toBeInstanceOf(ShareError);
  });

  it('are not taken by a caller who has gone', async () => {
    const places = new Places({ ...LIMITS, width: 1 });
    const leave = await places.enter(entrant('a'));
    const client = new AbortController();
    const gone = places.enter({ ...entrant('b'), signal: client.signal });
    const next = places.enter(entrant('c'));
    client.abort();
    await expect(gone).rejects.toThrow(BusyError);
    leave();
    await expect(next).resolves.toBeDefined();
  });
});

/** Not the refusal of one that counts attempts. */
const AT_ONCE = /^Too many attempts at once/;

describe('many requests with the password of one account', () => {
  const signIn = (email: string, from: string) =>
    server
      .post('/api/auth/sign-in/email', { email, password: PASSWORD })
      .set({ 'x-gatehouse-client-address': from, 'x-gatehouse-internal-key': INTERNAL_SECRET });

  beforeAll(async () => {
    await server.signUp('busy@example.com');
    await server.signUp('other@example.com');
  });

  it.each(['busy@example.com', 'unknown@example.com'])(
    'are refused above a share of one network, and do not delay others: 60 sign-ins of %s',
    async (email) => {
      const flood = Promise.all(Array.from({ length: 60 }, () => signIn(email, '198.51.100.1')));
      await signIn('other@example.com', '203.0.113.1').expect(200);
      const refused = (await flood).filter(({ body }) => AT_ONCE.test(body.message));
      expect(refused.length).toBeGreaterThan(0);
      for (const { status, headers, body } of refused) {
        expect([status, headers['retry-after'], body.code]).toEqual([
          429,
          '2',
          'TOO_MANY_REQUESTS',
        ]);
      }
    },
  );

  /** A sign-in that is held up, and requests whose answers wait behind it. */
  function pipelined(): string {
    const request = (line: string, body: object) => {
      const text = JSON.stringify(body);
      const type = `Content-Type: application/json\r\nContent-Length: ${text.length}`;
      return `${line} HTTP/1.1\r\nHost: localhost\r\n${type}\r\n\r\n${text}`;
    };
    const body = { email: 'busy@example.com', password: PASSWORD };
    const others = request('TRACE /api/auth/ok', body).repeat(60);
    return request('POST /api/auth/sign-in/email', body) + others;
  }

  it('leave database connections for others while their sessions cannot be written', async () => {
    const { rows } = await server.sql.query(
      `SELECT id FROM "user" WHERE email = 'busy@example.com'`,
    );
    await server.sql.query(HOLD_UP);
    await server.sql.query(
      `CREATE TRIGGER a_hold_up BEFORE INSERT ON session FOR EACH ROW
         WHEN (NEW.user_id = '${rows[0].id}') EXECUTE FUNCTION hold_up();
       ALTER TABLE session ENABLE ALWAYS TRIGGER a_hold_up`,
    );
    const holder = await server.sql.connect();
    let answered = 0;
    const flood = Array.from({ length: 30 }, async (_, index) => {
      const { status } = await signIn('busy@example.com', `198.51.${index}.1`);
      answered += 1;
      return status;
    });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(pipelined());
    const request = () => Promise.all(flood);
    const change = async () => {
      await signIn('other@example.com', '203.0.113.1').expect(200);
      expect(answered).toBe(0);
    };
    const statuses = await changeDuring({ holder, request, change });
    holder.release();
    socket.destroy();
    expect(statuses).toEqual(statuses.map(() => 200));
  });
});
