import { Client } from 'pg';
import { EventStream } from '../../admin/event-stream';
import { Caller } from '../../support/caller';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { eventually } from '../../support/eventually';
import { sendDuring } from '../../support/servers/open-transaction';
import { resetCodeOf } from '../../support/reset-code';
import { environmentOf, type Processes, ServerProcess, startProcesses } from '../processes';

const HOUR_MS = 3_600_000;
const PASSWORD = 'correct horse battery staple';

/** The clock of the host is that of PostgreSQL. */
let database: TestDatabase;
let sql: Client;
/** Their clock is an hour behind. */
let behind: Processes;
/** Another auth server, whose clock is an hour ahead. */
let ahead: ServerProcess;
let api: Caller;
let users = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = new Client(database.url);
  await sql.connect();
  behind = await startProcesses(database.url, shifted(-HOUR_MS));
  const env = await environmentOf(database.url, shifted(HOUR_MS));
  ahead = await ServerProcess.start('auth-server/main.ts', { url: env.AUTH_URL, env });
  api = new Caller(behind.api.url);
});

afterAll(async () => {
  await Promise.all([behind.api, behind.auth, ahead].map((server) => server.stop()));
  await sql.end();
  await database.drop();
});

function shifted(ms: number) {
  const clock = require.resolve('./shifted-clock.cjs');
  return { NODE_OPTIONS: `--require=${clock}`, CLOCK_SHIFT_MS: String(ms) };
}

interface SignedUp {
  email: string;
  accessToken: string;
  refreshToken: string;
  user: { id: string };
}

interface SessionList {
  items: { id: string; current: boolean }[];
}

async function signUp(): Promise<SignedUp> {
  users += 1;
  const email = `user-${users}@example.com`;
  const person = { email, password: PASSWORD, name: 'Ada' };
  const { status, body } = await api.post<SignedUp>('/api/v1/auth/sign-up', person);
  expect(status).toBe(201);
  return { ...body, email };
}

async function adminToken(): Promise<string> {
  const body = { email: 'admin@example.com', password: 'the first administrator' };
  return (await api.post<SignedUp>('/api/v1/auth/sign-in', body)).body.accessToken;
}

/** Of a process, after a probe has read the time of the database. */
async function differenceOf({ url }: ServerProcess): Promise<number> {
  await fetch(`${url}/health/ready`);
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^gatehouse_clock_difference_seconds\{.*\} (\S+)$/m.exec(text)?.[1]);
}

describe('an hour between the clocks of a process and of the database', () => {
  it('does not extend a session that has ended by the clock of the database', async () => {
    const { accessToken, refreshToken, user } = await signUp();
    const caller = new Caller(behind.api.url, accessToken);
    expect((await caller.get('/api/v1/users/me')).status).toBe(200);
    await sql.query('UPDATE session SET expires_at = now() WHERE user_id = $1', [user.id]);
    await eventually(async () => expect((await caller.get('/api/v1/users/me')).status).toBe(401));
    expect((await api.post('/api/v1/auth/refresh', { refreshToken })).status).toBe(401);
    expect((await caller.get('/api/v1/users/me')).status).toBe(401);
  });

  it('does not list a session that has ended by the clock of the database', async () => {
    const { accessToken, email } = await signUp();
    await api.post('/api/v1/auth/sign-in', { email, password: PASSWORD });
    const caller = new Caller(behind.api.url, accessToken);
    const list = async () => {
      const { body } = await caller.get<SessionList>('/api/v1/users/me/sessions');
      return body.items;
    };
    const [other, ...more] = (await list()).filter(({ current }) => !current);
    expect(more).toEqual([]);
    await sql.query('UPDATE session SET expires_at = now() WHERE id = $1', [other!.id]);
    expect(await list()).toMatchObject([{ current: true }]);
  });

  it('does not list such a session at an auth server', async () => {
    const { refreshToken, user } = await signUp();
    const headers = { authorization: `Bearer ${refreshToken}` };
    const body = { email: `user-${users}@example.com`, password: PASSWORD };
    await api.post('/api/v1/auth/sign-in', body);
    const list = async () =>
      (await new Caller(behind.auth.url).get<object[]>('/api/auth/list-sessions', headers)).body;
    expect(await list()).toHaveLength(2);
    const end = `UPDATE session SET expires_at = now()
                  WHERE user_id = $1 AND token <> split_part($2, '.', 1)`;
    await sql.query(end, [user.id, refreshToken]);
    expect(await list()).toHaveLength(1);
  });

  it('does not let an administrator write whose session ended while the write waited', async () => {
    const { refreshToken, user } = await signUp();
    await sql.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.id]);
    const { user: other } = await signUp();
    const roleOf = `SELECT role FROM "user" WHERE id = $1`;
    const promotion = () =>
      new Caller(behind.auth.url).post(
        '/api/auth/admin/set-role',
        { userId: other.id, role: 'admin' },
        { authorization: `Bearer ${refreshToken}`, origin: behind.auth.url },
      );
    const answers = await sendDuring({
      writer: sql,
      sql: `WITH held AS (${roleOf} FOR UPDATE)
            UPDATE session SET expires_at = clock_timestamp() FROM held WHERE user_id = $2`,
      values: [other.id, user.id],
      requests: [promotion],
    });
    expect(answers).toMatchObject([{ status: 401, body: { code: 'SESSION_ENDED' } }]);
    expect((await sql.query(roleOf, [other.id])).rows).toEqual([{ role: 'user' }]);
  });

  it('does not let an auth server accept a session that has ended by that clock', async () => {
    const { refreshToken, user } = await signUp();
    const headers = { authorization: `Bearer ${refreshToken}` };
    const slow = new Caller(behind.auth.url);
    const own = () => slow.get('/api/auth/get-session?disableRefresh=true', headers);
    expect((await own()).body).toMatchObject({ user: { id: user.id } });
    await sql.query('UPDATE session SET expires_at = now() WHERE user_id = $1', [user.id]);
    expect((await own()).body).toBeNull();
  });

  it('does not let an auth server delete a session that goes on by that clock', async () => {
    const { refreshToken, user } = await signUp();
    const headers = { authorization: `Bearer ${refreshToken}` };
    const end = `UPDATE session SET expires_at = now() + interval '30 minutes' WHERE user_id = $1`;
    await sql.query(end, [user.id]);
    const fast = new Caller(ahead.url);
    expect((await fast.get('/api/auth/get-session', headers)).body).toBeNull();
    expect((await api.post('/api/v1/auth/refresh', { refreshToken })).status).toBe(200);
  });

  it('does not delete the codes and links of the other auth server', async () => {
    const { email } = await signUp();
    const headers = { origin: behind.auth.url };
    const [slow, fast] = [new Caller(behind.auth.url), new Caller(ahead.url)];
    await slow.post('/api/auth/request-password-reset', { email }, headers);
    const token = await resetCodeOf(behind.auth.url, email);
    expect((await fast.get('/api/auth/reset-password/unknown?callbackURL=/')).status).toBe(302);
    const body = { token, newPassword: `${PASSWORD} again` };
    expect((await slow.post('/api/auth/reset-password', body, headers)).status).toBe(200);
  });

  it.each([
    ['current', {}],
    ['reload', { lastEventId: 'unknown' }],
  ])('does not change the times in a stream that begins with %s', async (begin, options) => {
    const token = await adminToken();
    const stream = await EventStream.open({ url: behind.api.url, token, ...options });
    const { events } = stream;
    await eventually(() => expect(events.slice(1).map(({ kind }) => kind)).toContain('current'));
    await stream.close();
    expect(events[0]!.kind).toBe(begin);
    for (const { data } of events) {
      expect(Math.abs(Date.parse(String(data.time)) - Date.now())).toBeLessThan(HOUR_MS / 2);
    }
  });

  it('is no part of the time until the delivery of an event', async () => {
    const stream = await EventStream.open({ url: behind.api.url, token: await adminToken() });
    const { user } = await signUp();
    await sql.query('BEGIN');
    await sql.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.id]);
    await sql.query('SELECT pg_sleep(0.3)');
    await sql.query('COMMIT');
    await eventually(() =>
      expect(stream.changes).toContainEqual(
        expect.objectContaining({ data: expect.objectContaining({ userId: user.id }) }),
      ),
    );
    await stream.close();
    const text = await (await fetch(`${behind.api.url}/metrics`)).text();
    const sum = Number(/^gatehouse_access_event_lag_seconds_sum\{.*\} (\S+)$/m.exec(text)?.[1]);
    expect(sum).toBeGreaterThanOrEqual(0.3);
    expect(sum).toBeLessThan(HOUR_MS / 2_000);
  });

  it.each(['api', 'auth'] as const)('is in the log and in the metrics (%s)', async (name) => {
    expect(await differenceOf(behind[name])).toBeCloseTo(HOUR_MS / 1_000, -2);
    expect(behind[name].log).toMatch(/"level":"warn".*(3599|3600)\.\d s behind the database/);
  });
});

it('clocks that agree have no difference, and no line in the log', async () => {
  const env = await environmentOf(database.url);
  const right = await ServerProcess.start('auth-server/main.ts', { url: env.AUTH_URL, env });
  try {
    expect(Math.abs(await differenceOf(right))).toBeLessThan(1);
    expect(right.log).not.toMatch(/clock/);
  } finally {
    await right.stop();
  }
});
