import { Client } from 'pg';
import { HOLD_PAUSES } from './limits-cluster';
import { eventually } from '../support/eventually';
import { changeDuring, HOLD_UP } from '../support/servers/held-up-session';
import { PASSWORD, System } from '../support/system';

const FORGED: Record<string, (index: number) => string> = {
  'x-forwarded-for': (index) => `192.0.2.${index}`,
  forwarded: (index) => `for=192.0.2.${index}`,
  'x-real-ip': (index) => `192.0.2.${index}`,
  'cf-connecting-ip': (index) => `192.0.2.${index}`,
  'x-gatehouse-client-address': (index) => `192.0.2.${index}`,
};

describe('behind the API', () => {
  let system: System;
  let email: string;

  beforeAll(async () => (system = await System.start({ env: { RATE_LIMITS: 'on' } })));
  beforeEach(async () => {
    ({ email } = await system.asUser());
    await system.query('DELETE FROM rate_limit');
  });
  afterAll(() => system.stop());

  /** Wrong passwords until a wait. @returns the last response, `null` without a wait. */
  async function guess(
    send: (index: number) => Promise<{ status: number; headers: Headers; body: unknown }>,
  ) {
    for (let index = 1; index <= 12; index += 1) {
      const answer = await send(index);
      if (answer.status === 429) return answer;
      expect(answer.status).toBe(401);
    }
    return null;
  }

  it.each(Object.keys(FORGED))('a forged %s has no effect at REST sign-in', async (name) => {
    const refused = await guess((index) =>
      system
        .asAnonymous()
        .post(
          '/api/v1/auth/sign-in',
          { email, password: 'wrong' },
          { [name]: FORGED[name]!(index) },
        ),
    );
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'too_many_requests', status: 429 },
    });
    expect(Number(refused!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused!.headers.get('ratelimit-policy')).toContain('"sign-in";q=5;w=86400');
  });

  it.each(Object.keys(FORGED))('a forged %s has no effect when passed through', async (name) => {
    const refused = await guess((index) =>
      system
        .asAnonymous()
        .post(
          '/api/auth/sign-in/email',
          { email, password: 'wrong' },
          { origin: system.settings.authUrl, [name]: FORGED[name]!(index) },
        ),
    );
    expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    expect(refused!.headers.get('ratelimit')).toMatch(/^"sign-in";r=0;t=\d+$/);
  });

  it('sign-in works with the right password after the wait', async () => {
    await guess(() =>
      system.asAnonymous().post('/api/v1/auth/sign-in', { email, password: 'wrong' }),
    );
    await system.query(`DELETE FROM rate_limit WHERE key LIKE '%-gate:%'`);
    const signedIn = await system.signIn({ email, password: PASSWORD });
    expect(signedIn.email).toBe(email);
  });
});

describe('with the default setting outside production', () => {
  let system: System;

  beforeAll(async () => {
    system = await System.start();
    await system.query(HOLD_PAUSES);
  });
  afterAll(() => system.stop());

  function signIn(email: string) {
    const body = { email, password: 'wrong' };
    return system.asAnonymous().post('/api/v1/auth/sign-in', body);
  }

  it('guesses at one account are limited', async () => {
    const { email } = await system.asUser();
    const statuses: number[] = [];
    // In groups: 24 requests with a password run at the same time for one account.
    for (let group = 0; group < 5; group += 1) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => signIn(email)));
      statuses.push(...answers.map(({ status }) => status));
    }
    // Twenty, and one more before the first wait.
    expect(statuses.filter((status) => status === 401)).toHaveLength(21);
    expect(statuses.filter((status) => status === 429)).toHaveLength(19);
  });

  it('an IP address can try many accounts, and sign up often', async () => {
    for (let index = 0; index < 40; index += 1) {
      expect((await signIn(`nobody-${index}@example.com`)).status).toBe(401);
      expect((await system.asUser()).email).toBeTruthy();
    }
  });
});

describe('with RATE_LIMITS=off', () => {
  let system: System;

  beforeAll(async () => (system = await System.start({ env: { RATE_LIMITS: 'off' } })));
  afterAll(() => system.stop());

  it('no request waits, and nothing is counted', async () => {
    const { email } = await system.asUser();
    for (let index = 0; index < 8; index += 1) {
      const body = { email, password: 'wrong' };
      const answer = await system.asAnonymous().post('/api/v1/auth/sign-in', body);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('ratelimit')).toBeNull();
    }
    expect(await system.query('SELECT key FROM rate_limit')).toEqual([]);
  });

  it('the API refuses many parallel sign-ins of one account, and serves another one', async () => {
    const [busy, other] = [await system.asUser(), await system.asUser()];
    await system.query(HOLD_UP);
    await system.query(
      `CREATE TRIGGER a_hold_up BEFORE INSERT ON session FOR EACH ROW
         WHEN (NEW.user_id = '${busy.id}') EXECUTE FUNCTION hold_up()`,
    );
    await system.query('ALTER TABLE session ENABLE ALWAYS TRIGGER a_hold_up');
    const holder = new Client({ connectionString: system.database.url });
    await holder.connect();
    const signIn = ({ email }: { email: string }) =>
      system.asAnonymous().post('/api/v1/auth/sign-in', { email, password: PASSWORD });
    const refused: { headers: Headers; body: unknown }[] = [];
    const request = async () => {
      const answering = Array.from({ length: 30 }, async () => {
        const answer = await signIn(busy);
        if (answer.status === 429) refused.push(answer);
      });
      await Promise.all(answering);
    };
    await changeDuring({
      holder,
      request,
      change: async () => {
        expect((await signIn(other)).status).toBe(200);
        await eventually(() => expect(refused).not.toEqual([]));
      },
    });
    await holder.end();
    expect(refused[0]!.headers.get('retry-after')).toBe('2');
    expect(refused[0]!.body).toMatchObject({ code: 'too_many_requests' });
    const metrics = await (await fetch(`${system.settings.authUrl}/metrics`)).text();
    expect(metrics).toMatch(/sign-in\/email.*status="200"/);
    expect(metrics).not.toMatch(/sign-in\/email.*status="429"/);
  });
});
