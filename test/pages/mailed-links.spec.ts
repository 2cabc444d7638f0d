import { createEmailVerificationToken } from 'better-auth/api';
import { Client } from 'pg';
import { CONFIRMATION, LAST_STEP } from '../../auth-server/users/email-change';
import { MailServer } from '../users/mail-server';
import { confirmLink } from '../support/client/mailed-links';
import { eventually } from '../support/eventually';
import { send } from '../support/raw-http';
import { PASSWORD, System } from '../support/system';
import { unescapeHtml, Visitor } from './visitor';

const APPLICATION = 'https://app.example';
const ANOTHER_PASSWORD = 'another horse battery staple';
const NEW_PASSWORD = { newPassword: ANOTHER_PASSWORD, repeatPassword: ANOTHER_PASSWORD };

let mails: MailServer;
let system: System;
let count = 0;
let email: string;

beforeAll(async () => {
  mails = await MailServer.start();
  // Production verifies e-mail addresses.
  const env = { NODE_ENV: 'production', SMTP_URL: mails.url, RATE_LIMITS: 'off' };
  system = await System.start({ env: { ...env, TRUSTED_ORIGINS: APPLICATION } });
});

afterAll(async () => {
  await system?.stop();
  await mails?.stop();
});

beforeEach(() => (email = `ada-${(count += 1)}@example.com`));

async function signUp(callbackURL?: string): Promise<string> {
  const body = JSON.stringify({ email, password: PASSWORD, name: 'Ada', callbackURL });
  const headers = { 'content-type': 'application/json', origin: system.settings.authUrl };
  await send(system.settings.authUrl, {
    method: 'POST',
    path: '/api/auth/sign-up/email',
    body,
    headers,
  });
  return mails.linkTo(email, 'Confirm your e-mail address');
}

async function isVerified(): Promise<boolean> {
  const [row] = await system.query<{ verified: boolean }>(
    'SELECT email_verified AS verified FROM "user" WHERE email = $1',
    [email],
  );
  return row!.verified;
}

/** A link that a verified user gets when the account moves to another address. */
async function changeLink(requestType: string, newEmail: string): Promise<string> {
  await confirmLink(await signUp());
  // A change that was requested before the password was set is void.
  const [row] = await system.query<{ id: string }>(
    `WITH aged AS (
       UPDATE account SET updated_at = now() - interval '1 hour'
        WHERE user_id = (SELECT id FROM "user" WHERE email = $1) RETURNING user_id)
     UPDATE credential_state SET changed_at = now() - interval '1 hour'
      WHERE user_id = (SELECT user_id FROM aged) RETURNING user_id AS id`,
    [email],
  );
  const { betterAuthSecret, authUrl } = system.settings;
  const more = { requestType, userId: row!.id };
  const token = await createEmailVerificationToken(betterAuthSecret, email, newEmail, 60, more);
  return `${authUrl}/verify-email?token=${token}`;
}

/** Each URL at which a mail scanner could open the link. */
function addressesOf(link: string): [baseUrl: string, path: string][] {
  const { search } = new URL(link);
  const { authUrl } = system.settings;
  return [
    [authUrl, `/verify-email${search}`],
    [authUrl, `/api/auth/verify-email${search}`],
    [system.apiUrl, `/api/auth/verify-email${search}`],
  ];
}

/** Opens the link with each method that has no body, and follows redirects. */
async function scan(link: string): Promise<void> {
  for (const [baseUrl, path] of addressesOf(link)) {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await send(baseUrl, { method, path });
      expect(status).toBeLessThan(500);
      const [location] = headers.location ?? [];
      if (location !== undefined) {
        expect(location).toMatch(`${system.settings.authUrl}/verify-email?`);
        await fetch(location, { method, redirect: 'manual' });
      }
    }
  }
}

it('a mail leads to the page, not to an endpoint', async () => {
  expect(await signUp()).toMatch(`${system.settings.authUrl}/verify-email?token=`);
});

it('opening the link of a sign-up verifies no address', async () => {
  const link = await signUp();
  await scan(link);
  expect(await isVerified()).toBe(false);
  expect((await confirmLink(link)).status).toBe(303);
  expect(await isVerified()).toBe(true);
});

it('opening the link to the present address sends no mail to the new one', async () => {
  const newEmail = `new-${email}`;
  const link = await changeLink(CONFIRMATION, newEmail);
  await scan(link);
  expect(mails.mails.filter(({ to }) => to === newEmail)).toEqual([]);
  expect((await confirmLink(link)).text).toContain('The change is confirmed');
  await mails.mailTo(newEmail, 'Confirm your new e-mail address');
});

it('opening the link to the new address does not move the account', async () => {
  const link = await changeLink(LAST_STEP, `new-${email}`);
  await scan(link);
  expect(await isVerified()).toBe(true);
  expect((await confirmLink(link)).text).toContain('Your new e-mail address is confirmed');
  const rows = await system.query('SELECT id FROM "user" WHERE email = $1', [email]);
  expect(rows).toEqual([]);
});

it('the link to the present address sends one mail, also when it is used twenty times', async () => {
  const newEmail = `new-${email}`;
  const link = await changeLink(CONFIRMATION, newEmail);
  await Promise.all(Array.from({ length: 20 }, () => confirmLink(link)));
  await eventually(async () =>
    expect(await system.query('SELECT id FROM mail_queue')).toHaveLength(0),
  );
  expect(mails.mails.filter(({ to }) => to === newEmail)).toHaveLength(1);
});

it('the link of a sign-up that is used six times at once verifies the address once', async () => {
  const link = await signUp(`${APPLICATION}/done`);
  const writer = new Client(system.database.url);
  await writer.connect();
  await writer.query('BEGIN');
  await writer.query('SELECT FROM "user" WHERE email = $1 FOR UPDATE', [email]);
  const uses = Array.from({ length: 6 }, () => confirmLink(link));
  await eventually(async () => expect(await countWaiting()).toBeGreaterThan(1));
  await writer.query('COMMIT');
  await writer.end();
  for (const { location } of await Promise.all(uses)) {
    expect(location ?? `${APPLICATION}/done`).toBe(`${APPLICATION}/done`);
  }
  const events = await system.query(
    `SELECT action FROM audit_event
      WHERE subject_id = (SELECT id FROM "user" WHERE email = $1) AND action = 'user.email_verified'`,
    [email],
  );
  expect(events).toHaveLength(1);
});

async function countWaiting(): Promise<number> {
  const waiting = await system.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return waiting.length;
}

it('the link of a change that is used six times at once leads to the callback or a page', async () => {
  const back = `${APPLICATION}/done`;
  const link = `${await changeLink(LAST_STEP, `new-${email}`)}&callbackURL=${encodeURIComponent(back)}`;
  const uses = await Promise.all(Array.from({ length: 6 }, () => confirmLink(link)));
  for (const { status, headers, location } of uses) {
    expect([200, 303]).toContain(status);
    expect(headers['content-type']?.[0] ?? 'text/html').toMatch(/^text\/html/);
    expect(location ?? back).toBe(back);
  }
  expect(uses.some(({ location }) => location === back)).toBe(true);
});

it('a form of another site verifies no address', async () => {
  const link = await signUp();
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: system.settings.authUrl, 'sec-fetch-site': 'cross-site' },
    { origin: 'null' },
  ];
  for (const headers of foreign) {
    expect((await confirmLink(link, headers)).status).toBe(403);
  }
  const token = new URL(link).searchParams.get('token')!;
  for (const path of ['/verify-email', '/send-verification-email']) {
    await send(system.settings.authUrl, {
      method: 'POST',
      path: `/api/auth${path}?token=${token}`,
      body: JSON.stringify({ token }),
      headers: { 'content-type': 'application/json', origin: system.settings.authUrl },
    });
  }
  expect(await isVerified()).toBe(false);
});

it('a used link says that it is done, an old one that it is too old', async () => {
  const link = await signUp();
  await confirmLink(link);
  const visitor = new Visitor(system.settings.authUrl);
  const used = await visitor.open(link);
  expect(used).toMatchObject({ status: 200 });
  expect(used.text).toContain('Your e-mail address is confirmed');
  expect(used.text).not.toContain('<form');
  expect((await confirmLink(link)).text).toContain('Your e-mail address is confirmed');
  const { betterAuthSecret } = system.settings;
  const old = await createEmailVerificationToken(betterAuthSecret, email, undefined, -60);
  const late = await visitor.open(`/verify-email?token=${old}`);
  expect(late).toMatchObject({ status: 400 });
  expect(late.text).toContain('This link is too old');
  expect(late.text).toContain('href="/sign-in"');
});

it('the user returns to the URL of a trusted client, and to no other', async () => {
  const target = `${APPLICATION}/welcome?step=2`;
  const link = await signUp(target);
  const { text } = await new Visitor(system.settings.authUrl).open(link);
  expect(unescapeHtml(text)).toContain(`value="${target}"`);
  expect((await confirmLink(link)).location).toBe(target);
  email = `other-${email}`;
  const foreign = new URL(await signUp());
  foreign.searchParams.set('callbackURL', 'https://evil.example/');
  const answer = await confirmLink(foreign.href);
  expect(answer.location).toBe(`${system.settings.authUrl}/email-verified`);
  expect(answer.text).not.toContain('evil.example');
});

/** The link of each kind of mail, and the fields with which the user completes the form. */
const KINDS: [string, () => Promise<string>, Record<string, string>][] = [
  ['a sign-up', () => signUp(), {}],
  ['a change, to the present address', () => changeLink(CONFIRMATION, `new-${email}`), {}],
  ['a change, to the new address', () => changeLink(LAST_STEP, `new-${email}`), {}],
  ['a forgotten password', () => resetLink(askForReset), NEW_PASSWORD],
  ['a reset by an administrator', () => resetLink(resetByAdministrator), NEW_PASSWORD],
];

describe.each(KINDS)('the code of the link of %s', (_title, createLink, fields) => {
  it('is in no referrer, in no other URL than those of the link, and in the form alone', async () => {
    const link = await createLink();
    const { searchParams, pathname } = new URL(link);
    const token = searchParams.get('token') ?? pathname.split('/').at(-1)!;
    const visitor = new Visitor(system.settings.authUrl);
    let page = await visitor.open(link);
    while (page.location !== undefined) {
      expect(page.header('referrer-policy')).toBe('no-referrer');
      expect(new URL(page.location).origin).toBe(system.settings.authUrl);
      page = await visitor.open(page.location);
    }
    expect(page.status).toBe(200);
    expect(page.header('referrer-policy')).toBe('strict-origin');
    expect(page.text.split(token)).toHaveLength(2);
    expect(page.text).toContain(`name="token" value="${token}"`);
    expect(page.text).not.toMatch(/(href|src|action)="(?!\/[^/]|data:)/);
    const action = /action="([^"]*)"/.exec(page.text)![1]!;
    const done = await visitor.submit(action, { ...fields, token, callbackURL: '' });
    expect(done.status).toBeLessThan(400);
    expect(`${done.location} ${done.text}`).not.toContain(token);
    const used = await visitor.open(`${action}?token=${token}`);
    expect(used.header('referrer-policy')).toBe('strict-origin');
  });
});

it('the code is in no referrer when the page fails', async () => {
  const link = await signUp();
  await system.query('ALTER TABLE "user" RENAME TO hidden');
  try {
    const page = await new Visitor(system.settings.authUrl).open(link);
    expect([page.status, page.header('referrer-policy')]).toEqual([500, 'strict-origin']);
  } finally {
    await system.query('ALTER TABLE hidden RENAME TO "user"');
  }
});

async function resetLink(ask: () => Promise<{ status: number }>): Promise<string> {
  await confirmLink(await signUp());
  expect((await ask()).status).toBeLessThan(300);
  return mails.linkTo(email, 'Set a new password');
}

function askForReset() {
  return new Visitor(system.settings.authUrl).fillIn('/forgot-password', { email });
}

async function resetByAdministrator() {
  const [row] = await system.query<{ id: string }>('SELECT id FROM "user" WHERE email = $1', [
    email,
  ]);
  const { caller } = await system.asAdmin();
  return caller.post(`/api/v1/admin/users/${row!.id}/password-reset`);
}
