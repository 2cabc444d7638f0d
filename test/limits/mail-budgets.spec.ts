import request from 'supertest';
import { deviceOf, LimitsCluster, PASSWORD } from './limits-cluster';

let cluster: LimitsCluster;

beforeAll(async () => {
  cluster = await LimitsCluster.start(2, { REQUIRE_EMAIL_VERIFICATION: 'true' });
});

afterAll(() => cluster.stop());

async function mailsTo(email: string): Promise<{ text: string }[]> {
  const lists = cluster.servers.map(async ({ app }) => {
    const { body } = await request(app).get('/dev/mailbox');
    return (body as { items: { to: string; text: string }[] }).items;
  });
  return (await Promise.all(lists)).flat().filter(({ to }) => to === email);
}

/** The limits of requests: the budgets of mails stay. */
const forgetRequests = () =>
  cluster.sql.query(
    `DELETE FROM rate_limit WHERE key !~ '^mail-(recipient|network|sender|notice|by-administrator)'`,
  );

/** Each response that may send a mail takes a fixed time: five are requested at once. */
async function inGroupsOfFive(count: number, act: (index: number) => Promise<void>): Promise<void> {
  for (let start = 0; start < count; start += 5) {
    await forgetRequests();
    const size = Math.min(5, count - start);
    await Promise.all(Array.from({ length: size }, (_, index) => act(start + index)));
  }
}

it('one address gets five mails of one kind, from all auth servers and IP addresses', async () => {
  const email = 'stranger@example.com';
  const name = 'Visit evil.example';
  await cluster.post('/sign-up/email', { email, password: PASSWORD, name }).expect(200);
  for (let index = 0; index < 12; index += 1) {
    await forgetRequests();
    const options = { from: `198.51.100.${index + 10}`, server: index % 2 };
    await cluster.signIn(email, PASSWORD, options).expect(403);
  }
  const mails = await mailsTo(email);
  expect(mails).toHaveLength(5);
  for (const { text } of mails) expect(text).not.toContain('evil.example');
  const metrics = await Promise.all(cluster.servers.map(({ metrics: each }) => each.render()));
  const counts = metrics.map((text) =>
    /mails_dropped_total\{cause="verification".*\} (\d+)/.exec(text),
  );
  expect(counts.reduce((sum, count) => sum + Number(count?.[1] ?? 0), 0)).toBe(8);
});

it('one IP address causes forty mails, and its known browsers and signed-in users others', async () => {
  const from = '203.0.113.7';
  const [owner, unverified] = ['owner@example.com', 'not-the-owner@example.com'];
  const cookies: string[] = [];
  const tokens: string[] = [];
  for (const email of [owner, unverified]) {
    const body = { email, password: PASSWORD, name: 'Owner' };
    await cluster.post('/sign-up/email', body).expect(200);
    await cluster.sql.query('UPDATE "user" SET email_verified = true WHERE email = $1', [email]);
    const signedIn = await cluster.signIn(email, PASSWORD).expect(200);
    cookies.push(deviceOf(signedIn));
    tokens.push(signedIn.headers['set-auth-token']!);
  }
  await cluster.sql.query('UPDATE "user" SET email_verified = false WHERE email = $1', [
    unverified,
  ]);
  await inGroupsOfFive(45, async (index) => {
    const body = { email: `many-${index}@example.com`, password: PASSWORD, name: 'Many' };
    await cluster.post('/sign-up/email', body, { from }).expect(200);
  });
  const sent = Array.from({ length: 45 }, (_, index) => mailsTo(`many-${index}@example.com`));
  expect((await Promise.all(sent)).flat()).toHaveLength(40);
  const ask = (email: string, cookie?: string) =>
    cluster.post('/request-password-reset', { email }, { from, cookie });
  const asked = Array.from({ length: 20 }, (_, index) =>
    ask(`no-${index}@example.com`).expect(200),
  );
  await Promise.all(asked);
  for (const cookie of [undefined, cookies[1]]) await ask(owner, cookie).expect(429);
  await ask(owner, cookies[0]).expect(200);
  await ask(unverified, cookies[1]).expect(200);
  const isReset = ({ text }: { text: string }) => text.includes('A new password was requested');
  expect((await mailsTo(owner)).filter(isReset)).toHaveLength(1);
  expect((await mailsTo(unverified)).filter(isReset)).toEqual([]);
  for (const [index, token] of tokens.entries()) {
    const headers = { authorization: `Bearer ${token}` };
    const body = { newEmail: `next-${index}@example.com` };
    await cluster.post('/change-email', body, { from, headers }).expect(200);
  }
  const isChange = ({ text }: { text: string }) => text.includes('Confirm the change');
  expect((await mailsTo(owner)).filter(isChange)).toHaveLength(1);
  expect(await mailsTo('next-1@example.com')).toHaveLength(1);
});

it('forty mails of an administrator leave the budgets of users as they are', async () => {
  const from = '203.0.113.9';
  const emails = Array.from({ length: 41 }, (_, index) => `invited-${index}@example.com`);
  await cluster.sql.query(
    `INSERT INTO "user" (id, name, email, email_verified)
     SELECT gen_random_uuid(), 'Invited', unnest($1::text[]), true`,
    [emails],
  );
  const headers = { 'x-gatehouse-acting-client': 'directory' };
  const last = emails.pop()!;
  await inGroupsOfFive(emails.length, async (index) => {
    const body = { email: emails[index] };
    await cluster.post('/request-password-reset', body, { from, headers }).expect(200);
  });
  for (const email of emails) expect(await mailsTo(email)).toHaveLength(1);
  await cluster.post('/request-password-reset', { email: last }, { from }).expect(200);
  expect(await mailsTo(last)).toHaveLength(1);
});

it('an administrator sends ten mails of one kind to one address, and its owner still gets one', async () => {
  const email = 'reminded@example.com';
  await cluster.sql.query(
    `INSERT INTO "user" (id, name, email, email_verified) VALUES ('reminded', 'Reminded', $1, true)`,
    [email],
  );
  const headers = { 'x-gatehouse-acting-client': 'directory' };
  await inGroupsOfFive(12, async () => {
    await cluster.post('/request-password-reset', { email }, { headers }).expect(200);
  });
  expect(await mailsTo(email)).toHaveLength(10);
  await cluster.post('/request-password-reset', { email }).expect(200);
  expect(await mailsTo(email)).toHaveLength(11);
});

describe('a user', () => {
  const email = 'sender@example.com';
  let authorization: string;

  beforeAll(async () => {
    const body = { email, password: PASSWORD, name: 'Sender' };
    await cluster.post('/sign-up/email', body).expect(200);
    await cluster.sql.query('UPDATE "user" SET email_verified = true WHERE email = $1', [email]);
    const { headers } = await cluster.signIn(email, PASSWORD).expect(200);
    authorization = `Bearer ${headers['set-auth-token']}`;
  });

  it('gets twenty notices of one kind', async () => {
    for (let index = 0; index < 22; index += 1) {
      await forgetRequests();
      const body = { currentPassword: passwordOf(index), newPassword: passwordOf(index + 1) };
      await cluster.post('/change-password', body, { headers: { authorization } }).expect(200);
    }
    const notices = (await mailsTo(email)).filter(({ text }) => /password/i.test(text));
    expect(notices).toHaveLength(20);
  });

  it('causes ten mails to addresses that the user names', async () => {
    // Of an address that is not verified, only the new one confirms the change.
    await cluster.sql.query('UPDATE "user" SET email_verified = false WHERE email = $1', [email]);
    await inGroupsOfFive(15, async (index) => {
      const body = { newEmail: `named-${index}@example.com` };
      const options = { from: `198.51.100.${index + 100}`, headers: { authorization } };
      await cluster.post('/change-email', body, options).expect(200);
    });
    const named = Array.from({ length: 15 }, (_, index) => mailsTo(`named-${index}@example.com`));
    expect((await Promise.all(named)).flat()).toHaveLength(10);
  });

  const passwordOf = (index: number) => (index === 0 ? PASSWORD : `${PASSWORD} ${index}`);
});

it('the budgets count in production without limits', async () => {
  const production = await LimitsCluster.start(1, {
    NODE_ENV: 'production',
    RATE_LIMITS: 'off',
    AUTH_URL: 'https://auth.example.com',
    API_URL: 'https://api.example.com',
  });
  try {
    const body = { email: 'often@example.com', password: PASSWORD, name: 'Often' };
    for (let index = 0; index < 8; index += 1) {
      await production.post('/sign-up/email', body).expect(200);
    }
    const text = await production.servers[0]!.metrics.render();
    expect(text).toMatch(/mails_dropped_total\{cause="[a-z_]+".*\} [12]\b/);
    await production.sql.query(
      `INSERT INTO "user" (id, name, email, email_verified)
       SELECT 'u' || n, 'U', 'u' || n || '@example.com', true FROM generate_series(1, 41) n`,
    );
    const headers = { 'x-gatehouse-acting-client': 'directory' };
    const resets = Array.from({ length: 41 }, (_, index) =>
      production.post(
        '/request-password-reset',
        { email: `u${index + 1}@example.com` },
        { headers },
      ),
    );
    for (const { status } of await Promise.all(resets)) expect(status).toBe(200);
    const after = await production.servers[0]!.metrics.render();
    expect(after).not.toMatch(/mails_dropped_total\{cause="password_reset".*\} [1-9]/);
    expect(production.log.join()).toContain('RATE_LIMITS is off');
  } finally {
    await production.stop();
  }
});
