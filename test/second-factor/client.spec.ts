import { createAuthClient } from 'better-auth/client';
import { twoFactorClient } from 'better-auth/client/plugins';
import type { MailboxEntry } from '../../auth-server/mail/mailer';
import { Caller } from '../support/caller';
import { createBrowserFetch } from '../support/client/cookie-jar';
import { InProcessSystem } from '../support/in-process-system';
import { PASSWORD } from '../support/system';
import { AuthenticatorApp, passSteps } from './authenticator-app';
import { startClock, stopClock } from '../support/clock';

let system: InProcessSystem;

beforeAll(async () => {
  stopClock();
  system = await InProcessSystem.start();
});

afterAll(async () => {
  startClock();
  await system.stop();
});

function createClient(baseURL: string) {
  return createAuthClient({
    baseURL,
    plugins: [twoFactorClient()],
    fetchOptions: { customFetchImpl: createBrowserFetch(baseURL) },
  });
}

describe.each([
  ['directly', () => system.settings.authUrl],
  ['through the API', () => system.apiUrl],
])("Better-Auth's client, %s", (_way, baseUrl) => {
  let email: string;
  let app: AuthenticatorApp;
  let recoveryCodes: string[];
  let laptop: ReturnType<typeof createClient>;
  let phone: ReturnType<typeof createClient>;

  beforeAll(async () => {
    email = `${Math.random().toString(36).slice(2)}@example.com`;
    laptop = createClient(baseUrl());
    phone = createClient(baseUrl());
    await laptop.signUp.email({ email, password: PASSWORD, name: 'Ada' });
  });

  // Each code is valid once: wait for the next one.
  beforeEach(() => passSteps(4));

  const signIn = (client: typeof laptop) => client.signIn.email({ email, password: PASSWORD });

  it('shows the secret and ten recovery codes after the password', async () => {
    const wrong = await laptop.twoFactor.enable({ password: 'not the password' });
    expect(wrong.error).toMatchObject({ status: 400, code: 'INVALID_PASSWORD' });
    const { data } = await laptop.twoFactor.enable({ password: PASSWORD });
    if (data?.method !== 'totp') throw new Error('no secret');
    app = new AuthenticatorApp(data.totpURI);
    recoveryCodes = data.backupCodes;
    expect(app.issuer).toBe('Gatehouse');
    expect(new Set(recoveryCodes).size).toBe(10);
  });

  it('enables the factor after a first right code', async () => {
    expect((await signIn(phone)).data).toHaveProperty('token');
    const wrong = await laptop.twoFactor.verifyTotp({ code: app.wrongCode() });
    expect(wrong.error).toMatchObject({ status: 401, code: 'INVALID_CODE' });
    expect((await laptop.twoFactor.verifyTotp({ code: app.code() })).error).toBeNull();
    expect((await laptop.getSession()).data?.user).toMatchObject({ twoFactorEnabled: true });
    expect((await phone.getSession()).data).toBeNull();
  });

  it('signs in with password and code', async () => {
    expect((await signIn(phone)).data).toMatchObject({ twoFactorRedirect: true });
    expect((await phone.getSession()).data).toBeNull();
    expect((await phone.twoFactor.verifyTotp({ code: app.code() })).error).toBeNull();
    expect((await phone.getSession()).data?.user.email).toBe(email);
    await phone.signOut();
  });

  it('signs in with password and recovery code', async () => {
    await signIn(phone);
    const code = recoveryCodes.pop()!;
    expect((await phone.twoFactor.verifyBackupCode({ code })).error).toBeNull();
    expect((await phone.getSession()).data?.user.email).toBe(email);
    await phone.signOut();
  });

  it('signs in with only the password on a trusted device', async () => {
    await signIn(phone);
    await phone.twoFactor.verifyTotp({ code: app.code(), trustDevice: true });
    await phone.signOut();
    expect((await signIn(phone)).data).toHaveProperty('token');
    expect((await signIn(createClient(baseUrl()))).data).toMatchObject({ twoFactorRedirect: true });
  });

  it('makes new recovery codes after the password', async () => {
    const { data } = await laptop.twoFactor.generateBackupCodes({ password: PASSWORD });
    expect(data?.backupCodes).toHaveLength(10);
    await signIn(createClient(baseUrl()));
    expect(data?.backupCodes).not.toContain(recoveryCodes[0]);
  });

  it('disables the factor after the password', async () => {
    const wrong = await laptop.twoFactor.disable({ password: 'not the password' });
    expect(wrong.error).toMatchObject({ status: 400, code: 'INVALID_PASSWORD' });
    expect((await laptop.twoFactor.disable({ password: PASSWORD })).data).toEqual({ status: true });
    expect((await signIn(createClient(baseUrl()))).data).toHaveProperty('token');
  });

  it('sends the owner a mail for each change', async () => {
    const mailbox = await new Caller(system.settings.authUrl).get<{ items: MailboxEntry[] }>(
      '/dev/mailbox',
      { accept: 'application/json' },
    );
    const subjects = mailbox.body.items.filter(({ to }) => to === email);
    expect(subjects.map(({ subject }) => subject).toReversed()).toEqual([
      'The second factor of your account was switched on',
      'A recovery code was used to sign in to your account',
      'New recovery codes were made for your account',
      'The second factor of your account was switched off',
    ]);
  });
});
