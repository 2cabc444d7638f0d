import { Browser } from './browser';
import { APP, atApp, begin, dance } from './dance';
import { OpenIdProvider } from './openid-provider';
import { Caller } from '../support/caller';
import { readMails } from '../support/client/mailbox';
import { PASSWORD, System } from '../support/system';

let system: System;
let provider: OpenIdProvider;
let authUrl: string;

const ADDED = 'Sign-in with another provider was added to your account';
const REMOVED = 'Sign-in with another provider was removed from your account';

beforeAll(async () => {
  const started = await OpenIdProvider.startForSystem();
  ({ provider } = started);
  system = await System.start({ env: { ...started.env, TRUSTED_ORIGINS: APP } });
  ({ authUrl } = system.settings);
});
afterAll(async () => {
  await system?.stop();
  await provider?.stop();
});

/** Subjects of the mails to one address, newest first. */
async function subjectsTo(email: string): Promise<string[]> {
  const { body } = await new Caller(authUrl).get<{ items: { to: string; subject: string }[] }>(
    '/dev/mailbox',
    { accept: 'application/json' },
  );
  return body.items.filter(({ to }) => to === email).map(({ subject }) => subject);
}

const personOf = (name: string) => ({
  sub: name,
  email: `${name}@example.com`,
  email_verified: true,
});

it('a user receives a mail after linking and after unlinking a provider', async () => {
  const email = 'linus@example.com';
  await system.asUser({ email });
  const browser = new Browser(APP);
  await browser.post(`${authUrl}/api/auth/sign-in/email`, { email, password: PASSWORD });
  provider.person = personOf('linus');
  const start = { authUrl, provider: 'oidc', path: '/link-social' };
  await browser.visit(await begin(browser, start), atApp);
  expect(await readMails(system, email)).toMatchObject([
    {
      subject: ADDED,
      text: expect.stringContaining('If it was not you, remove it, then set a new'),
    },
  ]);
  const [account] = await system.query<{ id: string }>(
    `SELECT id FROM account WHERE provider_id = 'oidc'`,
  );
  const body = { accountId: account!.id };
  expect((await browser.post(`${authUrl}/api/auth/unlink-account`, body)).status).toBe(200);
  expect(await subjectsTo(email)).toEqual([REMOVED, ADDED]);
  const [removed] = await readMails(system, email);
  expect(removed!.text).toContain('a sign-in with it can link it again');
});

it('an owner receives a mail when a provider is linked by a verified e-mail address', async () => {
  const email = 'grace@example.com';
  await system.asUser({ email });
  await system.query(`UPDATE "user" SET email_verified = true WHERE email = $1`, [email]);
  provider.person = personOf('grace');
  await dance(new Browser(APP), { authUrl, provider: 'oidc' });
  expect(await subjectsTo(email)).toEqual([ADDED]);
});

it('a user receives no mail after the first and the next sign-in with a provider', async () => {
  provider.person = personOf('ada');
  for (let time = 0; time < 2; time += 1) {
    await dance(new Browser(APP), { authUrl, provider: 'oidc' });
  }
  expect(await system.query(`SELECT 1 FROM "user" WHERE email = 'ada@example.com'`)).toHaveLength(
    1,
  );
  expect(await subjectsTo('ada@example.com')).toEqual([]);
});
