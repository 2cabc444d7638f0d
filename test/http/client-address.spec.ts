import { send } from '../support/raw-http';
import { System, PASSWORD as USER_PASSWORD } from '../support/system';
import { INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { PASSWORD, startAuthServer, type RunningAuthServer } from '../support/auth-server/harness';

const FORGED = {
  'x-forwarded-for': '203.0.113.9',
  'x-real-ip': '203.0.113.9',
  forwarded: 'for=203.0.113.9',
  'x-gatehouse-client-address': '203.0.113.9',
  'x-gatehouse-resolved-address': '203.0.113.9',
};

describe('the IP address of a session', () => {
  let server: RunningAuthServer;
  let behindProxy: RunningAuthServer;
  let users = 0;

  beforeAll(async () => {
    server = await startAuthServer();
    behindProxy = await startAuthServer({ TRUST_PROXY: '127.0.0.1,::1,10.0.0.0/8' });
  });
  afterAll(() => Promise.all([server.stop(), behindProxy.stop()]));

  async function addressWith(headers: Record<string, string>, { post, sql } = server) {
    const body = { email: `user${(users += 1)}@example.com`, password: PASSWORD, name: 'Ann' };
    const answer = await post('/api/auth/sign-up/email', body, headers).expect(200);
    const query = 'SELECT ip_address FROM session WHERE token = $1';
    const { rows } = await sql.query(query, [answer.body.token]);
    return rows[0].ip_address;
  }

  it.each(Object.entries(FORGED))(
    "is not taken from the client's header %s",
    async (name, value) => {
      expect(await addressWith({ [name]: value })).toBe('127.0.0.1');
    },
  );

  it("is that of the API's header, with the right key", async () => {
    const headers = { ...FORGED, 'x-gatehouse-client-address': '198.51.100.7' };
    const key = { 'x-gatehouse-internal-key': INTERNAL_SECRET };
    expect(await addressWith({ ...headers, ...key })).toBe('198.51.100.7');
  });

  it.each([
    ['a wrong key', { 'x-gatehouse-internal-key': 'x'.repeat(32) }],
    [
      'no address',
      { 'x-gatehouse-internal-key': INTERNAL_SECRET, 'x-gatehouse-client-address': 'me' },
    ],
  ])("is not taken from the API's header with %s", async (_title, headers) => {
    expect(await addressWith({ ...FORGED, ...headers })).toBe('127.0.0.1');
  });

  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['203.0.113.9, 198.51.100.7, 10.1.2.3', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['198.51.100.7:4711', '198.51.100.7'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['fe80::7%eth0', 'fe80::7'],
    ['203.0.113.9, 10.1.2.3:80', '203.0.113.9'],
    ['nonsense', '127.0.0.1'],
  ])('behind a trusted proxy that sends %s is %s', async (forwardedFor, address) => {
    const headers = { ...FORGED, 'x-forwarded-for': forwardedFor };
    expect(await addressWith(headers, behindProxy)).toBe(address);
  });
});

it('a session records a user agent of bounded length', async () => {
  const server = await startAuthServer();
  const body = { email: 'ann@example.com', password: PASSWORD, name: 'Ann' };
  const agent = { 'user-agent': 'a'.repeat(8_000) };
  await server.post('/api/auth/sign-up/email', body, agent).expect(200);
  const { rows } = await server.sql.query('SELECT length(user_agent) AS length FROM session');
  await server.stop();
  expect(rows).toEqual([{ length: 512 }]);
});

describe('without INTERNAL_SECRET', () => {
  let system: System;
  beforeAll(async () => {
    const env = { INTERNAL_SECRET: '', TRUST_PROXY: '127.0.0.9', RATE_LIMITS: 'on' };
    system = await System.start({ env });
  });
  afterAll(() => system.stop());

  it.each([
    ["the API's own routes", '/api/v1/auth/sign-in'],
    ['the pass-through', '/api/auth/sign-in/email'],
  ])('the auth server learns the IP address of the client by %s', async (_way, path) => {
    const { email } = await system.asUser();
    const from = path.includes('v1') ? '127.0.0.3' : '127.0.0.4';
    const answer = await send(system.apiUrl, {
      method: 'POST',
      path,
      from,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: USER_PASSWORD }),
    });
    expect(answer.status).toBe(200);
    const query = 'SELECT ip_address FROM session WHERE ip_address = $1';
    expect(await system.query(query, [from])).toHaveLength(1);
  });

  it('the guesses of one client do not use up the attempts of another', async () => {
    const guess = (from: string, email: string) =>
      send(system.apiUrl, {
        method: 'POST',
        path: '/api/v1/auth/sign-in',
        from,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'a wrong guess' }),
      });
    let last = await guess('127.0.0.5', 'victim@example.com');
    for (let round = 0; round < 60 && last.status !== 429; round += 1) {
      last = await guess('127.0.0.5', `victim-${round}@example.com`);
    }
    expect(last.status).toBe(429);
    expect((await guess('127.0.0.6', 'other@example.com')).status).toBe(401);
  });
});
