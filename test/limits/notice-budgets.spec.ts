import request from 'supertest';
import { ADMIN_EMAIL, ADMIN_PASSWORD } from '../support/auth-server/auth-settings';
import { LimitsCluster, PASSWORD } from './limits-cluster';

const from = '203.0.113.7';
const ACCOUNTS = ['a@example.com', 'b@example.com', 'c@example.com'];
const CHANGES = 15;

interface Account {
  userId: string;
  headers: { authorization: string };
}

let cluster: LimitsCluster;

/** Users of one IP address have caused all the mails that it may cause. */
beforeAll(async () => {
  cluster = await LimitsCluster.start(1, { REQUIRE_EMAIL_VERIFICATION: 'false' });
  for (const email of ACCOUNTS) {
    await cluster.signUp(email, { from });
    const { headers } = await signIn(email, PASSWORD);
    for (let index = 0; index < CHANGES; index += 1) {
      const body = { currentPassword: passwordOf(index), newPassword: passwordOf(index + 1) };
      await cluster.post('/change-password', body, { from, headers }).expect(200);
    }
  }
});
afterAll(() => cluster.stop());

async function signIn(email: string, password: string): Promise<Account> {
  const { body } = await cluster.signIn(email, password, { from }).expect(200);
  return { userId: body.user.id, headers: { authorization: `Bearer ${body.token}` } };
}

const passwordOf = (index: number) => (index === 0 ? PASSWORD : `${PASSWORD} ${index}`);

async function mails(): Promise<{ to: string; subject: string }[]> {
  const { body } = await request(cluster.servers[0]!.app).get('/dev/mailbox');
  return body.items;
}

/** The subjects of the mails that a step sends. */
async function sentBy(step: () => PromiseLike<{ status: number }>): Promise<string[]> {
  const before = (await mails()).length;
  expect((await step()).status).toBe(200);
  const now = await mails();
  // The newest first.
  return now.slice(0, now.length - before).map(({ subject }) => subject);
}

const PASSWORD_CHANGED = 'Your password was changed';

const changeAgain = ({ headers }: Account) =>
  cluster.post(
    '/change-password',
    { currentPassword: passwordOf(CHANGES), newPassword: passwordOf(CHANGES) },
    { from, headers },
  );

it('users with addresses that are not verified cause forty mails from one IP address', async () => {
  expect((await mails()).filter(({ to }) => ACCOUNTS.includes(to))).toHaveLength(40);
});

it('the owner of a verified address gets a notice as before', async () => {
  const account = await signIn('c@example.com', passwordOf(CHANGES));
  expect(await sentBy(() => changeAgain(account))).toEqual([]);
  await cluster.sql.query(`UPDATE "user" SET email_verified = true WHERE email = 'c@example.com'`);
  expect(await sentBy(() => changeAgain(account))).toEqual([PASSWORD_CHANGED]);
});

it('an administrator and a service account cause notices from the same IP address', async () => {
  const { userId } = await signIn('b@example.com', passwordOf(CHANGES));
  const { headers } = await signIn(ADMIN_EMAIL, ADMIN_PASSWORD);
  const body = { userId, newPassword: PASSWORD };
  const set = () => cluster.post('/admin/set-user-password', body, { from, headers });
  expect(await sentBy(set)).toEqual([PASSWORD_CHANGED]);
  const removed = { event: 'two_factor_removed', userId };
  const actingClient = { 'x-gatehouse-acting-client': 'directory' };
  const notify = (as: Record<string, string>) =>
    cluster.post('/gatehouse/notices', removed, { from, headers: as });
  for (const as of [headers, actingClient]) {
    expect(await sentBy(() => notify(as))).toHaveLength(1);
  }
});
