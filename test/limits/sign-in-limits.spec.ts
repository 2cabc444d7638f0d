import request from 'supertest';
import { type DelayRule, pauseAfter } from '../../auth-server/limits/growing-delay';
import { PASSWORD_RULE, SIGN_IN_RULES } from '../../auth-server/limits/sign-in-limits';
import { DEFAULT_HASHES } from '../support/auth-server/hash-cost';
import { resetCodeIn } from '../support/reset-code';
import { type CallOptions, deviceOf, HELD_S, LimitsCluster, PASSWORD } from './limits-cluster';

/** From the IP address of the victim only. */
const HOME = '203.0.113.7';

let cluster: LimitsCluster;
let people = 0;

beforeAll(async () => (cluster = await LimitsCluster.start(2)));
afterEach(() => cluster.forgetAttempts());
afterAll(() => cluster.stop());

/** A user who has never signed in from the test's IP address. */
async function person(from = HOME): Promise<string> {
  const email = `person${(people += 1)}@example.com`;
  await cluster.signUp(email, { from });
  await cluster.forgetAttempts();
  return email;
}

/** An attack from 30 IP addresses, five at a time, until unknown devices must wait. */
async function attack(email: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const guesses = [1, 2, 3, 4, 5].map((index) => {
      const from = `192.0.2.${round * 5 + index}`;
      return cluster.guess(email, 1, { from, server: index % 2 });
    });
    statuses.push(...(await Promise.all(guesses)).flat());
  }
  return statuses;
}

async function reset(email: string, newPassword: string, options: CallOptions) {
  await cluster.post('/request-password-reset', { email }, options).expect(200);
  const { body } = await request(cluster.servers[0]!.app).get('/dev/mailbox');
  const token = resetCodeIn(body.items, email);
  return cluster.post('/reset-password', { token, newPassword }, options).expect(200);
}

function count(statuses: number[], status: number): number {
  return statuses.filter((one) => one === status).length;
}

describe('a caller who guesses at one account without a pause', () => {
  // The guesses wait for the processor as in production.
  let busy: LimitsCluster;

  beforeAll(async () => (busy = await LimitsCluster.start(1, DEFAULT_HASHES)));
  afterAll(() => busy.stop());

  it('does not keep the owner out', async () => {
    const email = 'owner@example.com';
    await busy.signUp(email, { from: HOME });
    await busy.forgetAttempts();
    const ending = new AbortController();
    let sent = 0;
    const guess = async () => {
      while (!ending.signal.aborted) {
        await busy.signIn(email, 'a wrong guess', { from: '192.0.2.200' });
        sent += 1;
      }
    };
    const strangers = Array.from({ length: 40 }, guess);
    const statuses: number[] = [];
    try {
      for (let signIns = 0; signIns < 4; signIns += 1) {
        statuses.push((await busy.signIn(email, PASSWORD, { from: HOME })).status);
      }
    } finally {
      ending.abort();
      await Promise.all(strangers);
    }
    expect(sent).toBeGreaterThan(40);
    expect(statuses).toEqual(statuses.map(() => 200));
  });
});

describe('guesses at one account from one IP address', () => {
  it('wait after five wrong passwords, at every auth server, for every password', async () => {
    const email = await person();
    const statuses = [
      ...(await cluster.guess(email, 3)),
      ...(await cluster.guess(email, 4, { server: 1 })),
    ];
    // The sixth is accepted and starts the wait.
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
    const refused = await cluster.signIn(email, PASSWORD).expect(429);
    expect(refused.body).toEqual({
      code: 'TOO_MANY_REQUESTS',
      message: 'Too many attempts. Wait before you try again.',
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  it('wait longer each time', async () => {
    const email = await person();
    await cluster.guess(email, 6);
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const refused = await cluster.signIn(email, PASSWORD).expect(429);
      waits.push(Number(refused.headers['retry-after']) - HELD_S);
      await cluster.endPauses();
      await cluster.signIn(email, 'one more wrong guess').expect(401);
    }
    // 1, 2, 4 and 8 seconds, minus the elapsed time.
    expect(waits[3]! - waits[0]!).toBeGreaterThan(3);
    expect(Math.max(...waits)).toBeLessThanOrEqual(8);
  });

  it('gain nothing by parallel requests', async () => {
    const email = await person();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        cluster.signIn(email, `wrong ${index}`, { server: index % 2 }).then(({ status }) => status),
      ),
    );
    expect(count(all, 401)).toBeLessThanOrEqual(6);
    expect(count(all, 401) + count(all, 429)).toBe(20);
  });

  it.each([
    ['another case of letters', (email: string) => email.toUpperCase()],
    ['another body type', (email: string) => email],
  ])('gain nothing by %s', async (kind, spell) => {
    const email = await person();
    await cluster.guess(email, 6);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const headers = kind === 'another body type' ? form : undefined;
    const from = { headers, cookie: 'any=thing' };
    await cluster.signIn(spell(email), PASSWORD, from).expect(429);
  });

  it('gain nothing from other addresses of an IPv6 network', async () => {
    const email = await person();
    for (let index = 0; index < 6; index += 1) {
      await cluster.guess(email, 1, { from: `2001:db8:1:2:${index}::${index}` });
    }
    await cluster.signIn(email, PASSWORD, { from: '2001:db8:1:2:ffff::1' }).expect(429);
    await cluster.signIn(email, PASSWORD, { from: '2001:db8:1:3::1' }).expect(200);
  });

  it('are free again after the right password', async () => {
    const email = await person('198.51.100.1');
    expect(await cluster.guess(email, 4)).toEqual([401, 401, 401, 401]);
    await cluster.signIn(email, PASSWORD).expect(200);
    expect(await cluster.guess(email, 5)).toEqual([401, 401, 401, 401, 401]);
  });

  it('from a known IP address renew its time once a day', async () => {
    const from = '198.51.100.77';
    const email = await person(from);
    const key = `known-address:%:${from}`;
    const signIn = async (agedBy: number) => {
      const age = 'UPDATE rate_limit SET expire = expire - $2 WHERE key LIKE $1 RETURNING expire';
      const { rows: aged } = await cluster.sql.query(age, [key, agedBy]);
      await cluster.signIn(email, PASSWORD, { from }).expect(200);
      const { rows } = await cluster.sql.query(age, [key, 0]);
      return Number(rows[0].expire) - Number(aged[0].expire);
    };
    expect(await signIn(3_600_000)).toBe(0);
    expect(await signIn(86_400_000)).toBeGreaterThan(86_400_000);
  });

  it('get the number of remaining attempts', async () => {
    const email = await person();
    const { headers } = await cluster.signIn(email, 'wrong').expect(401);
    expect(headers['ratelimit-policy']).toBe('"sign-in";q=5;w=86400');
    expect(headers.ratelimit).toMatch(/^"sign-in";r=4;t=86[34]\d\d$/);
    await cluster.guess(email, 5);
    const refused = await cluster.signIn(email, 'wrong').expect(429);
    expect(refused.headers.ratelimit).toMatch(/^"sign-in";r=0;t=\d+$/);
    expect(refused.headers['ratelimit-policy']).toBe('"sign-in";q=5;w=86400');
  });
});

describe('forged headers', () => {
  it.each([
    'x-forwarded-for',
    'forwarded',
    'x-real-ip',
    'cf-connecting-ip',
    'true-client-ip',
    'x-client-ip',
    'x-gatehouse-resolved-address',
  ])('have no effect: %s', async (name) => {
    const email = await person();
    const key = { 'x-gatehouse-internal-key': 'x'.repeat(32) };
    for (let index = 0; index < 7; index += 1) {
      const forged = name === 'forwarded' ? `for=192.0.2.${index}` : `192.0.2.${index}`;
      await cluster.guess(email, 1, { headers: { ...key, [name]: forged } });
    }
    await cluster
      .signIn(email, PASSWORD, { headers: { ...key, [name]: '192.0.2.99' } })
      .expect(429);
  });
});

describe('one password at many accounts', () => {
  it('waits after thirty of them', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 33; index += 1) {
      statuses.push(...(await cluster.guess(`nobody${index}@example.com`, 1)));
    }
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(401));
    expect(statuses.slice(31)).toEqual([429, 429]);
    const countRows = `SELECT count(*)::int AS rows FROM rate_limit`;
    const before = (await cluster.sql.query(countRows)).rows;
    for (let index = 33; index < 36; index += 1) {
      expect(await cluster.guess(`no-account-${index}@example.com`, 1)).toEqual([429]);
    }
    expect((await cluster.sql.query(countRows)).rows).toEqual(before);
  });
});

describe('an attack on one account from many IP addresses', () => {
  const away = { from: '198.51.100.99' };
  let email: string;
  let device: string;
  let answers: number[];

  beforeEach(async () => {
    email = await person();
    device = deviceOf(await cluster.signIn(email, PASSWORD, { from: HOME }).expect(200));
    answers = await attack(email);
    await cluster.signIn(email, PASSWORD, away).expect(429);
  });

  it('is limited for all unknown devices together, with and without an account', async () => {
    const unknown = await attack('nobody@example.com');
    for (const statuses of [answers, unknown]) {
      expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
      expect(count(statuses, 429)).toBeGreaterThanOrEqual(7);
    }
  });

  it('does not lock out the owner with a known IP address', async () => {
    await cluster.signIn(email, PASSWORD, { from: HOME }).expect(200);
    await cluster.signIn(email, PASSWORD, { from: HOME, server: 1 }).expect(200);
  });

  it('does not lock out the owner with a known browser, from any IP address', async () => {
    await cluster.signIn(email, PASSWORD, { ...away, cookie: device }).expect(200);
  });

  it("from the owner's IP address does not lock out the owner's browser", async () => {
    await cluster.guess(email, 7, { from: HOME });
    await cluster.signIn(email, PASSWORD, { from: HOME }).expect(429);
    await cluster.signIn(email, PASSWORD, { from: HOME, cookie: device }).expect(200);
  });

  it('does not lock out the owner who sets a new password by mail', async () => {
    const newPassword = 'chosen after the attack';
    await reset(email, newPassword, away);
    await cluster.signIn(email, newPassword, away).expect(200);
  });

  it('gains nothing from a browser that is known for another account', async () => {
    const attacker = await person('192.0.2.200');
    const stranger = { from: '192.0.2.200' };
    await attack(email);
    const own = deviceOf(await cluster.signIn(attacker, PASSWORD, stranger).expect(200));
    await cluster.signIn(email, PASSWORD, { ...stranger, cookie: own }).expect(429);
    const [account] = device.split('=')[1]!.split('.');
    const forged = own.replace(/=[^.]+/, `=${account}`);
    await cluster.signIn(email, PASSWORD, { ...stranger, cookie: forged }).expect(429);
  });
});

/** Of an attacker who sends each guess as soon as the limit allows it. */
function guessesIn(period: number, { free, window, longest }: DelayRule): number {
  let guesses = 0;
  for (let start = 0; start < period; start += window) {
    guesses += free;
    const end = Math.min(period, start + window);
    for (let [next, more] = [start, 1]; next < end; more += 1) {
      guesses += 1;
      next += pauseAfter(more, longest);
    }
  }
  return guesses;
}

it.each([
  ['from all unknown sources', SIGN_IN_RULES.account, 32, 78],
  ['from one IP address', SIGN_IN_RULES.origin, 18, 87],
  ['with a stolen cookie of a known browser', SIGN_IN_RULES.device, 23, 92],
  ['with a stolen session', PASSWORD_RULE, 18, 87],
  ['of all accounts from one IP address', SIGN_IN_RULES.address, 50, 1_200],
])('the documented number of guesses at a password is allowed %s', (_from, rule, hour, day) => {
  expect([guessesIn(3_600, rule), guessesIn(86_400, rule)]).toEqual([hour, day]);
});

describe('a known browser', () => {
  it('is limited too: a stolen cookie does not remove the limits', async () => {
    const email = await person();
    const device = deviceOf(await cluster.signIn(email, PASSWORD, { from: HOME }).expect(200));
    const statuses: number[] = [];
    for (let index = 0; index < 13; index += 1) {
      statuses.push(
        ...(await cluster.guess(email, 1, { from: `192.0.2.${index}`, cookie: device })),
      );
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(11)).toEqual([429, 429]);
  });

  it('is unknown after a new password: the former one has made many known', async () => {
    const email = await person();
    const devices: string[] = [];
    while (devices.length < 12) {
      devices.push(deviceOf(await cluster.signIn(email, PASSWORD, { from: HOME }).expect(200)));
    }
    const office = { from: '203.0.113.8' };
    await cluster.signIn(email, PASSWORD, office).expect(200);
    const newPassword = 'chosen by the owner';
    const owner = deviceOf(await reset(email, newPassword, { from: '198.51.100.7' }));
    const statuses: number[] = [];
    for (const cookie of devices) {
      statuses.push(...(await cluster.guess(email, 1, { from: HOME, cookie })));
    }
    expect(statuses).toEqual([...Array<number>(6).fill(401), ...Array<number>(6).fill(429)]);
    await attack(email);
    await cluster.signIn(email, newPassword, office).expect(429);
    await cluster.signIn(email, newPassword, { ...office, cookie: owner }).expect(200);
  });

  it('stays known when its owner changes the password', async () => {
    const email = await person();
    const { body } = await cluster.signIn(email, PASSWORD, { from: HOME }).expect(200);
    const newPassword = 'changed by the owner';
    const changed = await cluster
      .post(
        '/change-password',
        { currentPassword: PASSWORD, newPassword },
        { from: HOME, headers: { authorization: `Bearer ${body.token}` } },
      )
      .expect(200);
    await attack(email);
    const away = { from: '198.51.100.99' };
    await cluster.signIn(email, newPassword, away).expect(429);
    await cluster.signIn(email, newPassword, { ...away, cookie: deviceOf(changed) }).expect(200);
    await cluster.signIn(email, newPassword, { from: HOME }).expect(200);
  });

  it('has a cookie that scripts and other sites cannot read', async () => {
    const email = await person();
    const { headers } = await cluster.signIn(email, PASSWORD, { from: HOME }).expect(200);
    const cookies = headers['set-cookie'] as unknown as string[];
    const device = cookies.find((cookie) => cookie.includes('known_device'))!;
    expect(device).toMatch(/HttpOnly/);
    expect(device).toMatch(/SameSite=Lax/);
    expect(device).not.toContain(encodeURIComponent(email));
  });
});
