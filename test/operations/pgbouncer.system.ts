import { Client } from 'pg';
import { Caller } from '../support/caller';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { PgBouncer } from '../support/servers/pgbouncer';
import { PAIR_ADMINISTRATOR, ProcessPair } from '../support/processes/process-pair';

interface SignedIn {
  user: { id: string };
  accessToken: string;
  refreshToken: string;
}

const PASSWORD = 'correct horse battery staple';
const CALLERS = 20;

describe('both processes behind pgbouncer in transaction mode', () => {
  let database: TestDatabase;
  let pooler: PgBouncer;
  let pair: ProcessPair;
  let admin: Caller;

  beforeAll(async () => {
    database = await createTestDatabase();
    pooler = await PgBouncer.start(database.url);
    const env = { DATABASE_DIRECT_URL: database.url };
    pair = await ProcessPair.start({ databaseUrl: pooler.url, env });
    const { body } = await pair
      .asAnonymous()
      .post<SignedIn>('/api/v1/auth/sign-in', PAIR_ADMINISTRATOR);
    admin = new Caller(pair.apiUrl, body.accessToken);
  });

  afterAll(async () => {
    await pair.stop();
    await pooler.stop();
    await database.drop();
  });

  async function signUp(name: string): Promise<SignedIn> {
    const given = { email: `${name}@example.com`, name, password: PASSWORD };
    const answer = await pair.asAnonymous().post<SignedIn>('/api/v1/auth/sign-up', given);
    expect(answer.status).toBe(201);
    return answer.body;
  }

  it('serve many callers at once over few connections to the server', async () => {
    const users: SignedIn[] = [];
    // Four at a time: on a busy host, twenty hashes at once take longer than a request may.
    while (users.length < CALLERS) {
      const names = [0, 1, 2, 3].map((index) => `many-${users.length + index}`);
      users.push(...(await Promise.all(names.map(signUp))));
    }
    const answers = await Promise.all(
      users.map(({ accessToken }) => new Caller(pair.apiUrl, accessToken).get('/api/v1/users/me')),
    );
    expect(answers.map(({ status }) => status)).toEqual(users.map(() => 200));
    const pools = await pooler.show<{ database: string; pool_mode: string }>('POOLS');
    expect(pools.find(({ database: name }) => name === 'pooled')).toMatchObject({
      pool_mode: 'transaction',
    });
    const servers = await pooler.show<{ database: string }>('SERVERS');
    const own = servers.filter(({ database: name }) => name === 'pooled');
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThanOrEqual(4);
  });

  it('sign in, renew tokens, change the profile and delete the account', async () => {
    const { accessToken, refreshToken } = await signUp('journey');
    const caller = new Caller(pair.apiUrl, accessToken);
    const changed = await caller.patch('/api/v1/users/me', { name: 'Another name' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Another name' } });
    const renewed = await pair
      .asAnonymous()
      .post<SignedIn>('/api/v1/auth/refresh', { refreshToken });
    expect(renewed.status).toBe(200);
    expect((await caller.get('/api/v1/users/me/sessions')).status).toBe(200);
    expect((await caller.delete('/api/v1/users/me')).status).toBe(204);
    expect((await caller.get('/api/v1/users/me')).status).toBe(401);
  });

  it('hear of a ban at once: live access goes past the pooler', async () => {
    const { user, accessToken } = await signUp('banned');
    const caller = new Caller(pair.apiUrl, accessToken);
    expect((await caller.get('/api/v1/users/me')).status).toBe(200);
    expect((await admin.put(`/api/v1/admin/users/${user.id}/ban`, {})).status).toBe(200);
    await eventually(async () => expect((await caller.get('/api/v1/users/me')).status).toBe(401));
    const ready = await admin.get('/health/ready');
    expect(ready.body).toMatchObject({ checks: { access: { mode: 'live' } } });
  });

  it('list users and the audit log', async () => {
    const users = await admin.get('/api/v1/admin/users?include=total&limit=5');
    expect(users).toMatchObject({ status: 200, body: { items: expect.any(Array) } });
    const events = await admin.get('/api/v1/admin/audit-events?limit=5');
    expect(events).toMatchObject({ status: 200, body: { items: expect.any(Array) } });
  });

  it('leave no statement behind when a lock outlasts their callers', async () => {
    await signUp('locked-out');
    const other = new Client(database.url);
    await other.connect();
    try {
      await other.query('BEGIN; LOCK TABLE session IN ACCESS EXCLUSIVE MODE');
      const auth = new Caller(pair.authUrl);
      const given = { email: 'locked-out@example.com', password: PASSWORD };
      const answers = Promise.all(
        Array.from({ length: CALLERS }, () => auth.post('/api/auth/sign-in/email', given)),
      );
      await eventually(async () => expect(await countWaiting(other)).toBeGreaterThan(0));
      const statuses = (await answers).map(({ status }) => status);
      // One account has few places: the requests that wait for one in vain get 429.
      expect(statuses.filter((status) => status !== 429 && status !== 503)).toEqual([]);
      expect(statuses).toContain(503);
      await eventually(async () => expect(await countWaiting(other)).toBe(0));
    } finally {
      // This also ends the lock.
      await other.end();
    }
  });

  /** The statuses of requests that read and write, through both processes. */
  async function statusesOf({ accessToken, refreshToken }: SignedIn): Promise<number[]> {
    const caller = new Caller(pair.apiUrl, accessToken);
    const answers = await Promise.all([
      caller.get('/api/v1/users/me/sessions'),
      caller.patch('/api/v1/users/me', { name: 'A name' }),
      pair.asAnonymous().post('/api/v1/auth/refresh', { refreshToken }),
    ]);
    return answers.map(({ status }) => status);
  }

  it('answer 503 while pgbouncer is down, and answer again after its start', async () => {
    const user = await signUp('restarted');
    await pooler.crash();
    expect(await statusesOf(user)).toEqual([503, 503, 503]);
    await pooler.startAgain();
    await eventually(async () => expect(await statusesOf(user)).toEqual([200, 200, 200]));
  });

  it('answer 503 while pgbouncer is paused, and answer again after RESUME', async () => {
    const user = await signUp('paused');
    await pooler.command('PAUSE');
    expect(await statusesOf(user)).toEqual([503, 503, 503]);
    await pooler.command('RESUME');
    await eventually(async () => expect(await statusesOf(user)).toEqual([200, 200, 200]));
  });

  it('end with status 0', async () => {
    expect(await pair.stop()).toEqual([0, 0]);
  });
});

/** Connections to the database that wait for a lock. */
async function countWaiting(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]!.count;
}
