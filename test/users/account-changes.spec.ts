import { createAuthClient } from 'better-auth/client';
import { adminClient } from 'better-auth/client/plugins';
import { setTimeout as pause } from 'node:timers/promises';
import { MailServer } from './mail-server';
import { createBrowserFetch } from '../support/client/cookie-jar';
import { confirmLink } from '../support/client/mailed-links';
import { PASSWORD, System } from '../support/system';

const NEW_PASSWORD = 'quite another password';
const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

/** Change links of the second in which the password last changed are void. */
const NEXT_SECOND_MS = 1_100;

let mails: MailServer;
let system: System;

beforeAll(async () => {
  mails = await MailServer.start();
  system = await System.start({
    env: { SMTP_URL: mails.url, REQUIRE_EMAIL_VERIFICATION: 'true' },
  });
});

afterAll(async () => {
  await system?.stop();
  await mails?.stop();
});

beforeEach(() => mails.forget());

function openClient(baseURL: string) {
  return createAuthClient({
    baseURL,
    plugins: [adminClient()],
    fetchOptions: { customFetchImpl: createBrowserFetch(baseURL) },
  });
}

type Client = ReturnType<typeof openClient>;

/** Opens a link like a mail client: without cookies. */
async function follow(link: string): Promise<{ status: number; location: string | null }> {
  const response = await fetch(link, { redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location') };
}

const rowOf = async (email: string) => {
  const rows = await system.query<{ id: string; email: string; email_verified: boolean }>(
    `SELECT id, email, email_verified FROM "user" WHERE email = $1`,
    [email],
  );
  return rows[0];
};

describe.each([
  ['directly', () => system.settings.authUrl],
  ['through the API', () => system.apiUrl],
])("Better-Auth's client, %s,", (way, baseUrl) => {
  const suffix = way.replaceAll(' ', '-').toLowerCase();
  const callbackURL = () => `${system.settings.authUrl}/email-verified`;

  async function signUp(name: string): Promise<{ client: Client; email: string }> {
    const client = openClient(baseUrl());
    const email = `${name}-${suffix}@example.com`;
    const body = { email, password: PASSWORD, name, callbackURL: callbackURL() };
    expect((await client.signUp.email(body)).error).toBeNull();
    return { client, email };
  }

  async function signedIn(name: string, others = 0) {
    const { client, email } = await signUp(name);
    await confirmLink(await mails.linkTo(email, 'Confirm your e-mail address'));
    const clients = [client, ...Array.from({ length: others }, () => openClient(baseUrl()))];
    for (const each of clients) await signIn(each, email);
    return { client, email, others: clients.slice(1) };
  }

  async function signIn(client: Client, email: string, password = PASSWORD) {
    const { error } = await client.signIn.email({ email, password });
    return expect(error).toBeNull();
  }

  const isSignedIn = async (client: Client) => (await client.getSession()).data !== null;

  it('verifies the e-mail address of a sign-up', async () => {
    const { client, email } = await signUp('verify');
    const early = await client.signIn.email({ email, password: PASSWORD });
    expect(early.error).toMatchObject({ status: 403, code: 'EMAIL_NOT_VERIFIED' });
    const link = await mails.linkTo(email, 'Confirm your e-mail address');
    const { location } = await confirmLink(link);
    expect(location).toBe(callbackURL());
    await signIn(client, email);
    expect((await rowOf(email))!.email_verified).toBe(true);
    expect((await confirmLink(link.replace(/token=[^&]+/, 'token=x'))).status).toBe(400);
  });

  it('changes the e-mail address after both addresses have confirmed, and informs the former one', async () => {
    const { client, email } = await signedIn('move');
    const newEmail = `moved-${suffix}@example.com`;
    await pause(NEXT_SECOND_MS);
    await client.changeEmail({ newEmail, callbackURL: callbackURL() });
    const confirm = await mails.linkTo(email, 'Confirm the change of your e-mail address');
    expect(mails.mails.filter(({ to }) => to === newEmail)).toEqual([]);
    await confirmLink(confirm);
    expect(await rowOf(newEmail)).toBeUndefined();
    const prove = await mails.linkTo(newEmail, 'Confirm your new e-mail address');
    expect(await confirmLink(prove)).toMatchObject({ status: 200, location: null });
    expect(await rowOf(newEmail)).toMatchObject({ email_verified: true });
    expect((await client.getSession()).data!.user.email).toBe(newEmail);
    const notice = await mails.mailTo(email, 'Your e-mail address was changed');
    expect(notice.text).toContain(newEmail);
    expect((await confirmLink(prove)).text).toContain('Your new e-mail address is confirmed');
    expect((await confirmLink(confirm)).text).toContain('The change is confirmed');
    await system.query('UPDATE "user" SET email = $1 WHERE email = $2', [email, newEmail]);
    expect((await confirmLink(prove)).status).toBe(400);
    expect(await rowOf(newEmail)).toBeUndefined();
  });

  it('does not name the new address to a former address that was not verified', async () => {
    const { client, email } = await signedIn('unverified');
    const newEmail = `visit-evil-${suffix}@example.com`;
    await system.query('UPDATE "user" SET email_verified = false WHERE email = $1', [email]);
    await pause(NEXT_SECOND_MS);
    await client.changeEmail({ newEmail, callbackURL: callbackURL() });
    await confirmLink(await mails.linkTo(newEmail, 'Confirm your new e-mail address'));
    const notice = await mails.mailTo(email, 'Your e-mail address was changed');
    expect(notice.text).toContain('has another address now');
    expect(notice.text).not.toContain('evil');
  });

  it('does not change to a taken e-mail address, and does not reveal that it is taken', async () => {
    const { client, email } = await signedIn('taken');
    const subject = 'Confirm the change of your e-mail address';
    const answers: unknown[] = [];
    const links: string[] = [];
    await pause(NEXT_SECOND_MS);
    for (const newEmail of [`free-${suffix}@example.com`, ADMINISTRATOR.email]) {
      mails.forget();
      const { data, error } = await client.changeEmail({ newEmail, callbackURL: callbackURL() });
      answers.push({ data, error });
      links.push(await mails.linkTo(email, subject));
      expect(mails.mails.filter(({ to }) => to !== email)).toEqual([]);
    }
    expect(answers[1]).toEqual(answers[0]);
    const [free, taken] = [await confirmLink(links[0]!), await confirmLink(links[1]!)];
    expect(taken.status).toBe(free.status);
    const prove = await mails.linkTo(ADMINISTRATOR.email, 'Confirm your new e-mail address');
    expect(await confirmLink(prove)).toMatchObject({ status: 400, location: null });
    expect(await rowOf(email)).toBeDefined();
  });

  it('returns a readable error when the new address was taken between the two mails', async () => {
    const { client, email } = await signedIn('race');
    const newEmail = `raced-${suffix}@example.com`;
    await pause(NEXT_SECOND_MS);
    await client.changeEmail({ newEmail, callbackURL: callbackURL() });
    await confirmLink(await mails.linkTo(email, 'Confirm the change of your e-mail address'));
    const prove = await mails.linkTo(newEmail, 'Confirm your new e-mail address');
    await openClient(baseUrl()).signUp.email({
      email: newEmail,
      password: PASSWORD,
      name: 'First',
    });
    expect(await confirmLink(prove)).toMatchObject({ status: 400, location: null });
    expect(await rowOf(email)).toBeDefined();
  });

  it('voids a change that was requested before the password was replaced', async () => {
    const { client: thief, email } = await signedIn('void');
    await system.query(`UPDATE "user" SET email_verified = false WHERE email = $1`, [email]);
    const newEmail = `thief-${suffix}@example.com`;
    await thief.changeEmail({ newEmail, callbackURL: callbackURL() });
    const prove = await mails.linkTo(newEmail, 'Confirm your new e-mail address');
    await reset(email);
    expect((await confirmLink(prove)).status).toBe(400);
    expect(await rowOf(email)).toBeDefined();
  });

  it.each([
    [
      'a passkey was removed',
      `INSERT INTO passkey (id, user_id, public_key, credential_id, counter, device_type, backed_up)
       SELECT id, id, 'k', id, 0, 'singleDevice', false FROM "user" WHERE email = $1`,
      `DELETE FROM passkey WHERE user_id = (SELECT id FROM "user" WHERE email = $1)`,
    ],
    [
      'a ban began and ended',
      `UPDATE "user" SET banned = true WHERE email = $1`,
      `UPDATE "user" SET banned = false WHERE email = $1`,
    ],
    [
      'the address was changed and restored',
      `UPDATE "user" SET email = 'other-' || email WHERE email = $1`,
      `UPDATE "user" SET email = $1, email_verified = false WHERE email = 'other-' || $1`,
    ],
  ])('voids a change that was requested before %s', async (title, ...statements) => {
    const name = `before-${title.split(' ')[1]!}`;
    const { client, email } = await signedIn(name);
    await system.query(`UPDATE "user" SET email_verified = false WHERE email = $1`, [email]);
    const newEmail = `${name}-thief-${suffix}@example.com`;
    await pause(NEXT_SECOND_MS);
    await client.changeEmail({ newEmail, callbackURL: callbackURL() });
    const prove = await mails.linkTo(newEmail, 'Confirm your new e-mail address');
    for (const statement of statements) await system.query(statement, [email]);
    expect(await (await fetch(prove)).text()).toContain('This link no longer works');
    expect((await confirmLink(prove)).status).toBe(400);
    expect(await rowOf(email)).toBeDefined();
  });

  it('voids a change that was requested for another address, also when a new user has that address', async () => {
    const { client, email } = await signedIn('left');
    await system.query(`UPDATE "user" SET email_verified = false WHERE email = $1`, [email]);
    const newEmail = `next-${suffix}@example.com`;
    await client.changeEmail({ newEmail, callbackURL: callbackURL() });
    const prove = await mails.linkTo(newEmail, 'Confirm your new e-mail address');
    await system.query(`UPDATE "user" SET email = $1 WHERE email = $2`, [`now-${email}`, email]);
    const heir = { email, password: PASSWORD, name: 'Heir' };
    expect((await openClient(baseUrl()).signUp.email(heir)).error).toBeNull();
    expect((await confirmLink(prove)).status).toBe(400);
    expect(await rowOf(email)).toBeDefined();
  });

  it('resets a forgotten password once, ends every session and informs the owner', async () => {
    const { client, email, others } = await signedIn('forgot', 1);
    const { token, second } = await reset(email);
    for (const each of [client, ...others]) expect(await isSignedIn(each)).toBe(false);
    await mails.mailTo(email, 'Your password was changed');
    const old = await client.signIn.email({ email, password: PASSWORD });
    expect(old.error).toMatchObject({ code: 'INVALID_EMAIL_OR_PASSWORD' });
    await signIn(client, email, NEW_PASSWORD);
    for (const used of [token, second]) {
      const again = await client.resetPassword({ newPassword: 'a third password', token: used });
      expect(again.error).toMatchObject({ code: 'INVALID_TOKEN' });
    }
  });

  /** Requests two links and uses the first. */
  async function reset(email: string): Promise<{ token: string; second: string }> {
    const client = openClient(baseUrl());
    const redirectTo = `${system.settings.authUrl}/reset-password`;
    const tokens: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      mails.forget();
      await client.requestPasswordReset({ email, redirectTo });
      const { location } = await follow(await mails.linkTo(email, 'Set a new password'));
      expect(location).toContain(redirectTo);
      tokens.push(new URL(location!).searchParams.get('token')!);
    }
    const [token, second] = tokens as [string, string];
    const { error } = await client.resetPassword({ newPassword: NEW_PASSWORD, token });
    expect(error).toBeNull();
    return { token, second };
  }

  it('ends the reset links when the e-mail address changes', async () => {
    const { client, email } = await signedIn('stale-link');
    await client.requestPasswordReset({ email });
    const { text } = await mails.mailTo(email, 'Set a new password');
    const token = /Code: (\S+)/.exec(text)![1]!;
    await system.query(`UPDATE "user" SET email = $1 WHERE email = $2`, [`x-${email}`, email]);
    const { error } = await client.resetPassword({ newPassword: NEW_PASSWORD, token });
    expect(error).toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('changes the password, and keeps or ends the other sessions', async () => {
    const { client, email, others } = await signedIn('change', 1);
    const wrong = await client.changePassword({ currentPassword: 'x', newPassword: NEW_PASSWORD });
    expect(wrong.error).toMatchObject({ code: 'INVALID_PASSWORD' });
    const kept = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await client.changePassword(kept)).error).toBeNull();
    await mails.mailTo(email, 'Your password was changed');
    expect(await isSignedIn(others[0]!)).toBe(true);
    const ended = { currentPassword: NEW_PASSWORD, newPassword: PASSWORD };
    await client.changePassword({ ...ended, revokeOtherSessions: true });
    expect(await isSignedIn(others[0]!)).toBe(false);
    expect(await isSignedIn(client)).toBe(true);
  });

  it('informs the former address when an administrator changes the e-mail address', async () => {
    const { client, email } = await signedIn('relocated');
    const userId = (await client.getSession()).data!.user.id;
    const admin = openClient(baseUrl());
    await admin.signIn.email(ADMINISTRATOR);
    mails.forget();
    const moved = `now-${email}`;
    const change = (data: object) => admin.admin.updateUser({ userId, data: { ...data } });
    expect((await change({ name: 'Renamed' })).error).toBeNull();
    expect((await change({ email: moved })).error).toBeNull();
    expect((await mails.mailTo(email, 'Your e-mail address was changed')).text).toContain(moved);
    expect(mails.mails.filter(({ subject }) => subject.includes('e-mail'))).toHaveLength(1);
    expect((await client.getSession()).data!.user.email).toBe(moved);
  });

  it('ends a user’s sessions when an administrator sets the password, and informs the user', async () => {
    const { client, email, others } = await signedIn('set', 1);
    const userId = (await client.getSession()).data!.user.id;
    const admin = openClient(baseUrl());
    await admin.signIn.email(ADMINISTRATOR);
    const { error } = await admin.admin.setUserPassword({ userId, newPassword: NEW_PASSWORD });
    expect(error).toBeNull();
    for (const each of [client, ...others]) expect(await isSignedIn(each)).toBe(false);
    expect(await isSignedIn(admin)).toBe(true);
    await mails.mailTo(email, 'Your password was changed');
    await signIn(client, email, NEW_PASSWORD);
  });

  it('keeps a user’s sessions when the role changes, and applies the new role', async () => {
    const { client } = await signedIn('role');
    const userId = (await client.getSession()).data!.user.id;
    const admin = openClient(baseUrl());
    await admin.signIn.email(ADMINISTRATOR);
    await admin.admin.setRole({ userId, role: 'admin' });
    expect((await client.getSession()).data!.user).toMatchObject({ role: 'admin' });
    expect((await client.admin.listUsers({ query: {} })).error).toBeNull();
    await admin.admin.setRole({ userId, role: 'user' });
    expect((await client.admin.listUsers({ query: {} })).error).toMatchObject({ status: 403 });
  });

  it('updates name and picture, and no other field', async () => {
    const { client, email } = await signedIn('profile');
    const image = 'https://example.com/me.png';
    expect((await client.updateUser({ name: 'New Name', image })).error).toBeNull();
    expect((await client.getSession()).data!.user).toMatchObject({
      name: 'New Name',
      image,
      email,
    });
    const more = { emailVerified: false, role: 'admin' } as object;
    const { error } = await client.updateUser({ name: 'x', ...more });
    expect(error).not.toBeNull();
    expect(await rowOf(email)).toMatchObject({ email_verified: true });
  });

  it('cannot check a password without changing it', async () => {
    const { client } = await signedIn('oracle');
    for (const password of [PASSWORD, 'not the password']) {
      const body = { password };
      const { error } = await client.$fetch('/verify-password', { method: 'POST', body });
      expect(error).toMatchObject({ status: 404 });
    }
  });

  it('cannot delete the account here', async () => {
    const { client, email } = await signedIn('delete');
    expect((await client.deleteUser({ password: PASSWORD })).error).toMatchObject({ status: 404 });
    expect(await rowOf(email)).toBeDefined();
  });
});
