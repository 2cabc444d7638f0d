import { OAuthStage } from '../oauth/stage';
import { Caller } from '../support/caller';
import type { SignedInUser } from '../support/system';

const NOTICES = '/api/auth/gatehouse/notices';
const CHANGED = 'Your e-mail address was changed';

let stage: OAuthStage;
let admin: SignedInUser;
let serviceAccount: Caller;

beforeAll(async () => {
  stage = await OAuthStage.start();
  admin = await stage.system.asAdmin();
  const client = await stage.register({ type: 'machine', scopes: ['users:write'] as never });
  serviceAccount = new Caller(
    stage.system.apiUrl,
    (await stage.serviceAccountToken(client)).body.access_token,
  );
});
afterAll(() => stage.system.stop());

async function mailsTo(email: string) {
  const mailbox = new Caller(stage.system.settings.authUrl);
  const { body } = await mailbox.get<{ items: { to: string; subject: string; text: string }[] }>(
    '/dev/mailbox',
  );
  return body.items.filter(({ to }) => to === email);
}

it.each<[string, () => Caller]>([
  ['an administrator', () => admin.caller],
  ['a service account', () => serviceAccount],
])('the former e-mail address receives a notice when %s changes it', async (_who, caller) => {
  const { id, email } = await stage.system.asUser();
  const change = async (body: object) => {
    const answer = await caller().patch(`/api/v1/admin/users/${id}`, body);
    expect(answer).toMatchObject({ status: 200, body });
  };
  await change({ name: 'Renamed' });
  await change({ email, emailVerified: true });
  expect(await mailsTo(email)).toEqual([]);
  await change({ email: `now-${email}` });
  expect(await mailsTo(email)).toMatchObject([
    { subject: CHANGED, text: expect.stringContaining(`now-${email}`) },
  ]);
  expect(await stage.system.query('SELECT FROM owner_notice')).toEqual([]);
});

it('a former e-mail address that was not verified does not learn the new one', async () => {
  const { id, email } = await stage.system.asUser();
  await stage.system.query('UPDATE "user" SET email_verified = false WHERE id = $1', [id]);
  await admin.caller.patch(`/api/v1/admin/users/${id}`, { email: `now-${email}` });
  const [notice, ...others] = await mailsTo(email);
  expect([notice!.subject, others]).toEqual([CHANGED, []]);
  expect(notice!.text).not.toContain(`now-${email}`);
});

it('other callers cannot send mails', async () => {
  const user = await stage.system.asUser();
  const body = { event: 'email_changed', userId: user.id, formerEmail: 'victim@example.com' };
  const asUser = { authorization: `Bearer ${user.refreshToken}` };
  const forged = {
    'x-gatehouse-acting-client': 'machine',
    'x-gatehouse-committed-change': 'true',
  };
  for (const baseUrl of [stage.system.apiUrl, stage.system.settings.authUrl]) {
    const send = (headers: Record<string, string>) =>
      new Caller(baseUrl).post(NOTICES, body, headers);
    expect(await send({})).toMatchObject({ status: 401 });
    expect(await send(forged)).toMatchObject({ status: 401 });
    expect(await send(asUser)).toMatchObject({ status: 403 });
    expect(await send({ ...asUser, ...forged })).toMatchObject({ status: 403 });
  }
  expect(await mailsTo('victim@example.com')).toEqual([]);
});

it('a change is kept when the notice cannot be sent', async () => {
  const { id, email } = await stage.system.asUser();
  await stage.system.stopAuthServer();
  try {
    const body = { email: `late-${email}` };
    const answer = await admin.caller.patch(`/api/v1/admin/users/${id}`, body);
    expect(answer).toMatchObject({ status: 200, body });
  } finally {
    await stage.system.startAuthServer();
  }
});
