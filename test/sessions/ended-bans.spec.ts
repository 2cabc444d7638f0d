import { startClock, stopClockAt } from '../support/clock';
import { sendDuring } from '../support/servers/open-transaction';
import { startInProcess } from '../support/auth-server/in-process';
import { PASSWORD, type SignedIn } from '../support/auth-server/harness';

let server: Awaited<ReturnType<typeof startInProcess>>;
let user: SignedIn;
let admin: SignedIn;
let count = 0;

beforeAll(async () => {
  server = await startInProcess({ RATE_LIMITS: 'off' });
  admin = await server.signInAdmin();
});

beforeEach(async () => {
  user = await server.signUp(nextAddress());
  await ban(`now() - interval '1 minute'`);
});

afterAll(() => server.stop());

const nextAddress = () => `user${(count += 1)}@example.com`;
const present = () => `user${count}@example.com`;

async function ban(end: string): Promise<void> {
  await server.sql.query(`UPDATE "user" SET banned = true, ban_expires = ${end} WHERE id = $1`, [
    user.userId,
  ]);
}

const signIn = () =>
  server.post('/api/auth/sign-in/email', { email: present(), password: PASSWORD });
const impersonate = () =>
  server.post('/api/auth/admin/impersonate-user', { userId: user.userId }, admin.bearer);

async function isBanned(): Promise<boolean> {
  const { rows } = await server.sql.query<{ banned: boolean }>(
    'SELECT banned FROM "user" WHERE id = $1',
    [user.userId],
  );
  return rows[0]!.banned;
}

describe('a ban that has ended', () => {
  it.each([
    ['a sign-in', signIn],
    ['an impersonation', impersonate],
  ])('is removed by %s', async (_what, send) => {
    await send().expect(200);
    expect(await isBanned()).toBe(false);
  });

  it('is removed by sign-ins at the same time, and each of them begins a session', async () => {
    const answers = await Promise.all([signIn(), signIn(), signIn()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('a new ban after one that has ended', () => {
  it.each([
    ['a sign-in', signIn, 'NULL'],
    ['a sign-in', signIn, `now() + interval '1 hour'`],
    ['an impersonation', impersonate, 'NULL'],
  ])('stays when %s has read the former one (%#)', async (_what, send, end) => {
    const writer = await server.sql.connect();
    try {
      const [answer] = await sendDuring({
        writer,
        sql: `UPDATE "user" SET banned = true, ban_expires = ${end} WHERE id = $1`,
        values: [user.userId],
        requests: [async () => send()],
      });
      expect(answer).toMatchObject({ status: 403, body: { code: 'BANNED_USER' } });
    } finally {
      writer.release();
    }
    expect(await isBanned()).toBe(true);
    await signIn().expect(403);
  });
});

describe('a ban that has ended by the clock of the auth server alone', () => {
  it.each([
    ['a sign-in', signIn],
    ['an impersonation', impersonate],
  ])('stays after %s', async (_what, send) => {
    await ban(`now() + interval '5 minutes'`);
    stopClockAt(Date.now() + 600_000);
    try {
      expect(await send()).toMatchObject({ status: 403, body: { code: 'BANNED_USER' } });
    } finally {
      startClock();
    }
    expect(await isBanned()).toBe(true);
  });
});

describe('a ban in force', () => {
  it.each([
    ['/unban-user', () => ({ userId: user.userId })],
    ['/update-user', () => ({ userId: user.userId, data: { banned: false } })],
  ])('is lifted by an administrator at %s', async (path, body) => {
    await ban('NULL');
    await server.post(`/api/auth/admin${path}`, body(), admin.bearer).expect(200);
    expect(await isBanned()).toBe(false);
  });
});
