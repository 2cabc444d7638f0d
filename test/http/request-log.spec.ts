import { request } from 'node:http';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';
import { send } from '../support/raw-http';

describe('the log line of a request', () => {
  const log: string[] = [];
  let system: InProcessSystem;
  let holder: Client;

  beforeAll(async () => {
    system = await InProcessSystem.start({ log });
    holder = new Client(system.database.url);
    await holder.connect();
  });
  afterAll(async () => {
    await holder?.end();
    await system.stop();
  });

  const linesOf = (wanted: string) =>
    log
      .map((line) => JSON.parse(line) as { level: number; msg: string; path?: string })
      .filter(({ msg, path }) => msg === 'request' && path === wanted);

  it.each(['api', 'auth'])('%s: a proxy that is not in TRUST_PROXY is named once', async (name) => {
    const base = name === 'api' ? system.apiUrl : system.settings.authUrl;
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    for (let round = 0; round < 2; round += 1) await fetch(`${base}/nothing`, { headers });
    const warnings = log.filter(
      (line) =>
        line.includes('X-Forwarded-For of 127.0.0.1 is not read') &&
        line.includes(`"process":"${name}"`),
    );
    expect(warnings).toHaveLength(1);
  });

  it.each([
    ['api', '/api/v1/users/me/sessions'],
    ['auth', '/api/auth/list-sessions'],
  ])('%s: has no status when the client left before the answer', async (name, path) => {
    const { accessToken, refreshToken } = await system.asUser();
    const base = name === 'api' ? system.apiUrl : system.settings.authUrl;
    const token = name === 'api' ? accessToken : refreshToken;
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE session IN ACCESS EXCLUSIVE MODE');
    try {
      const asking = request(base + path, { headers: { authorization: `Bearer ${token}` } });
      asking.on('error', () => {});
      asking.end();
      await eventually(async () => expect(await waiting()).toBeGreaterThan(0));
      asking.destroy();
      await eventually(() =>
        expect(linesOf(path)).toEqual([
          expect.objectContaining({ process: name, level: 30, method: 'GET', path, status: null }),
        ]),
      );
    } finally {
      await holder.query('ROLLBACK');
    }
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(base + path, { headers })).status).toBe(200);
    await eventually(() =>
      expect(linesOf(path)).toEqual([
        expect.objectContaining({ status: null }),
        expect.objectContaining({ status: 200 }),
      ]),
    );
    expect(log.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });

  it('does not have the code of a mailed link, which is in its path', async () => {
    const { status } = await send(system.apiUrl, {
      path: '/api/auth/reset-password/in-the-path?callbackURL=/',
    });
    expect(status).toBe(302);
    const path = '/api/auth/reset-password/***';
    await eventually(() =>
      expect(linesOf(path)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ process: 'api' }),
          expect.objectContaining({ process: 'auth' }),
        ]),
      ),
    );
    expect(log.join('')).not.toContain('in-the-path');
  });

  it('is a warning for a callback of a provider with an unknown state, without the state', async () => {
    const state = 'an-unknown-state';
    const callback = `${system.settings.authUrl}/api/auth/callback/google?code=c&state=${state}`;
    const answer = await fetch(callback, { redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('error=state_mismatch');
    const lines = log.map((line) => JSON.parse(line) as { level: number; msg: string });
    const refusal = lines.find(({ msg }) => msg === 'Failed to parse state');
    expect(refusal).toMatchObject({ level: 40 });
    expect(refusal).not.toHaveProperty('err');
    expect(log.join('')).not.toContain(state);
  });

  it.each([
    ['a preflight request', 'OPTIONS', '/api/v1/users/me', 204],
    ['a wrong method', 'PUT', '/health/live', 405],
    ['a malformed query', 'GET', '/api/v1/users/me?x=%zz', 400],
  ])('is written for %s', async (_, method, target, status) => {
    const [origin] = system.settings.trustedOrigins;
    await send(system.apiUrl, {
      method,
      path: target,
      headers: {
        origin: origin ?? system.settings.authUrl,
        'access-control-request-method': 'GET',
      },
    });
    const path = target.split('?', 1)[0]!;
    const wanted = expect.objectContaining({ process: 'api', method, path, status });
    await eventually(() =>
      expect(log.map((line) => JSON.parse(line) as object)).toContainEqual(wanted),
    );
  });

  /** Statements that wait for a lock of the table. */
  async function waiting(): Promise<number> {
    const { rows } = await holder.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_locks
        WHERE relation = 'session'::regclass AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows[0]!.count;
  }
});
