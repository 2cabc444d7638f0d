import { randomUUID } from 'node:crypto';
import { createEmailVerificationToken } from 'better-auth/api';
import { describeEvent, readEvents, USER_AGENT, visit, type Visit, type Visited } from './ledger';
import { AuthenticatorApp } from '../second-factor/authenticator-app';
import { confirmLink } from '../support/client/mailed-links';
import { PASSWORD, type SignedInUser, System } from '../support/system';
import { resetCodeOf } from '../support/reset-code';

const OTHER_PASSWORD = 'another horse battery staple';

let system: System;
let root: SignedInUser;
/** The next sign-up creates the only user of a case. */
let ann: SignedInUser;

beforeAll(async () => {
  system = await System.start();
  root = await system.asAdmin();
});

afterAll(() => system.stop());

beforeEach(async () => {
  ann = await system.asUser({ name: 'Ann' });
});

type Way = 'directly' | 'through the API';

interface Action {
  name: string;
  act: (call: Call) => Promise<Visited>;
  events: string[];
}

type Call = (path: string, visit?: Omit<Visit, 'url'>) => Promise<Visited>;

const byAnn = () => ({ bearer: ann.refreshToken });
const byRoot = () => ({ bearer: root.refreshToken });

/** A POST by Ann with her session. */
const post = (path: string, body: () => object = () => ({})) => ({
  act: (call: Call) => call(path, { ...byAnn(), body: body() }),
});

/** A POST by the administrator about Ann. */
const manage = (path: string, body: () => object = () => ({})) => ({
  act: (call: Call) => call(`/admin${path}`, { ...byRoot(), body: { userId: ann.id, ...body() } }),
});

/** A POST without a session. */
const enter = (path: string, body: () => object) => ({
  act: (call: Call) => call(path, { body: body() }),
});

const ACTIONS: Action[] = [
  {
    name: 'a sign-in',
    ...enter('/sign-in/email', () => ({ email: ann.email, password: PASSWORD })),
    events: ['user.signed_in by Ann about Ann'],
  },
  {
    name: 'a sign-in with a wrong password',
    ...enter('/sign-in/email', () => ({ email: ann.email.toUpperCase(), password: 'wrong one' })),
    events: ['failed user.sign_in_failed by anonymous about Ann'],
  },
  {
    name: 'a sign-in with an unknown e-mail address',
    ...enter('/sign-in/email', () => ({ email: 'who@example.com', password: 'wrong one' })),
    events: ['failed user.sign_in_failed by anonymous about nobody'],
  },
  { name: 'a sign-out', ...post('/sign-out'), events: ['user.signed_out by Ann about Ann'] },
  {
    name: 'a change of the password',
    ...post('/change-password', () => ({
      currentPassword: PASSWORD,
      newPassword: OTHER_PASSWORD,
      revokeOtherSessions: true,
    })),
    events: ['user.password_changed by Ann about Ann'],
  },
  {
    name: 'a change of the password by someone who does not know it',
    ...post('/change-password', () => ({
      currentPassword: 'a guess',
      newPassword: OTHER_PASSWORD,
    })),
    events: ['failed user.password_changed by Ann about Ann'],
  },
  {
    name: 'a request for a new password',
    ...enter('/request-password-reset', () => ({ email: ann.email })),
    events: ['user.password_reset_requested by anonymous about Ann'],
  },
  {
    name: 'a request for a new password for an unknown e-mail address',
    ...enter('/request-password-reset', () => ({ email: 'who@example.com' })),
    events: ['user.password_reset_requested by anonymous about nobody'],
  },
  {
    name: 'a new password by a link',
    act: async (call) => {
      await call('/request-password-reset', { body: { email: ann.email } });
      const token = await resetCodeOf(system.settings.authUrl, ann.email);
      return call('/reset-password', { body: { token, newPassword: OTHER_PASSWORD } });
    },
    events: ['user.password_reset by anonymous about Ann'],
  },
  {
    name: 'a link for a new password that was made up',
    ...enter('/reset-password', () => ({ token: 'made up', newPassword: OTHER_PASSWORD })),
    events: ['failed user.password_reset by anonymous about nobody'],
  },
  {
    name: 'a mail that proves the address',
    ...post('/send-verification-email', () => ({ email: ann.email })),
    events: ['user.email_verification_requested by Ann about Ann'],
  },
  {
    name: 'an address that is proved',
    act: async () => {
      const { betterAuthSecret } = system.settings;
      return confirm(await createEmailVerificationToken(betterAuthSecret, ann.email));
    },
    events: ['user.email_verified by anonymous about Ann'],
  },
  {
    name: 'a request for another address',
    act: async (call) => {
      await system.query('UPDATE "user" SET email_verified = true WHERE id = $1', [ann.id]);
      return call('/change-email', { ...byAnn(), body: { newEmail: `new-${ann.email}` } });
    },
    events: ['user.email_change_requested by Ann about Ann'],
  },
  {
    name: 'another address',
    act: async () => confirm(await linkToNewAddress()),
    events: ['user.email_changed by anonymous about Ann'],
  },
  {
    name: 'a change of the own profile',
    ...post('/update-user', () => ({ name: 'Anna' })),
    events: ['user.updated by Ann about Ann'],
  },
  {
    name: 'the end of one of the own sessions',
    act: async (call) => {
      await system.signIn({ email: ann.email, password: PASSWORD });
      return call('/revoke-session', { ...byAnn(), body: { token: await newestSession() } });
    },
    events: ['session.revoked by Ann about Ann'],
  },
  {
    name: 'the end of all own sessions',
    ...post('/revoke-sessions'),
    events: ['session.all_revoked by Ann about Ann'],
  },
  {
    name: 'the end of all other own sessions',
    act: async (call) => {
      await system.signIn({ email: ann.email, password: PASSWORD });
      return call('/revoke-other-sessions', { ...byAnn(), body: {} });
    },
    events: ['session.others_revoked by Ann about Ann'],
  },
  {
    name: 'the end of all other own sessions when there are none',
    ...post('/revoke-other-sessions'),
    events: [],
  },
  {
    name: 'a way to sign in that is taken away',
    act: async (call) => {
      await system.query(
        `INSERT INTO account (id, user_id, account_id, provider_id) VALUES ($1, $1, $1, 'github')`,
        [ann.id],
      );
      return call('/unlink-account', { ...byAnn(), body: { accountId: ann.id } });
    },
    events: ['account.unlinked by Ann about Ann'],
  },
  {
    name: 'a passkey that is taken away',
    act: async (call) => {
      await system.query(
        `INSERT INTO passkey (id, user_id, public_key, credential_id, counter, device_type, backed_up)
         VALUES ($1, $1, 'key', $1, 0, 'singleDevice', false)`,
        [ann.id],
      );
      return call('/passkey/delete-passkey', { ...byAnn(), body: { id: ann.id } });
    },
    events: ['passkey.removed by Ann about Ann'],
  },
  {
    name: 'a user whom an administrator creates',
    act: (call) => {
      const body = { email: `made-${ann.email}`, password: PASSWORD, name: 'Made', role: 'user' };
      return call('/admin/create-user', { ...byRoot(), body });
    },
    events: [expect.stringMatching(/^user\.created by Root about \w{32}$/)],
  },
  {
    name: 'another role',
    ...manage('/set-role', () => ({ role: 'admin' })),
    events: ['user.role_changed by Root about Ann'],
  },
  {
    name: "a change of someone else's profile and address",
    ...manage('/update-user', () => ({ data: { name: 'Anna', email: `new-${ann.email}` } })),
    events: ['user.updated by Root about Ann', 'user.email_changed by Root about Ann'],
  },
  {
    name: 'a ban',
    ...manage('/ban-user', () => ({ banReason: 'Sent spam' })),
    events: ['user.banned by Root about Ann'],
  },
  {
    name: 'the end of a ban',
    act: async (call) => {
      await system.query('UPDATE "user" SET banned = true WHERE id = $1', [ann.id]);
      return manage('/unban-user').act(call);
    },
    events: ['user.unbanned by Root about Ann'],
  },
  {
    name: 'a password that an administrator sets',
    ...manage('/set-user-password', () => ({ newPassword: OTHER_PASSWORD })),
    events: ['user.password_set by Root about Ann'],
  },
  {
    name: "the end of all of someone else's sessions",
    ...manage('/revoke-user-sessions'),
    events: ['session.all_revoked by Root about Ann'],
  },
  {
    name: "the end of one of someone else's sessions",
    act: async (call) => {
      const body = { sessionToken: await newestSession() };
      return call('/admin/revoke-user-session', { ...byRoot(), body });
    },
    events: ['session.revoked by Root about Ann'],
  },
  {
    name: 'a user whom an administrator removes',
    ...manage('/remove-user'),
    events: ['user.deleted by Root about Ann'],
  },
  {
    name: 'the beginning of acting as someone else',
    ...manage('/impersonate-user'),
    events: ['impersonation.started by Root about Ann'],
  },
  {
    name: 'what is done while acting as someone else',
    act: async (call) => {
      const cookie = await actAsAnn(call);
      return call('/update-user', { cookie, body: { name: 'Anna' } });
    },
    events: ['user.updated by Ann through Root about Ann'],
  },
  {
    name: 'the end of acting as someone else',
    act: async (call) =>
      call('/admin/stop-impersonating', { cookie: await actAsAnn(call), body: {} }),
    events: ['impersonation.stopped by Ann through Root about Ann'],
  },
  {
    name: 'nothing about one that ended with the session in which it began',
    act: async (call) => {
      const cookie = await actAsAnn(call);
      await system.query('DELETE FROM session WHERE user_id = $1', [root.id]);
      root = await system.asAdmin();
      return call('/admin/stop-impersonating', { cookie, body: {} });
    },
    events: [],
  },
];

/** @returns the cookies of the administrator's session. */
async function actAsAnn(call: Call): Promise<string> {
  const own = await signInWithCookies(call, 'admin@example.com', 'the first administrator');
  const answer = await call('/admin/impersonate-user', { cookie: own, body: { userId: ann.id } });
  return cookiesOf(answer);
}

/** @returns its id, which replaces its token. */
async function newestSession(): Promise<string> {
  const [row] = await system.query<{ id: string }>(
    'SELECT id FROM session WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1',
    [ann.id],
  );
  return row!.id;
}

/** Sends the form of the page to which the link of a mail leads. */
async function confirm(token: string): Promise<Visited> {
  const requestId = randomUUID();
  const headers = { 'x-request-id': requestId, 'user-agent': USER_AGENT };
  const link = `${system.settings.authUrl}/verify-email?token=${token}`;
  const { status } = await confirmLink(link, headers);
  return { status, headers: new Headers(), body: {}, requestId };
}

/** The content of a mail to the new address. */
async function linkToNewAddress(): Promise<string> {
  // A change that was requested before the last change of the password is void.
  await system.query(
    `WITH aged AS (UPDATE account SET updated_at = now() - interval '1 hour' WHERE user_id = $1)
     UPDATE credential_state SET changed_at = now() - interval '1 hour' WHERE user_id = $1`,
    [ann.id],
  );
  const change = { requestType: 'change-email-verification', userId: ann.id };
  const { betterAuthSecret } = system.settings;
  return createEmailVerificationToken(
    betterAuthSecret,
    ann.email,
    `new-${ann.email}`,
    3600,
    change,
  );
}

async function signInWithCookies(call: Call, email: string, password: string): Promise<string> {
  return cookiesOf(await call('/sign-in/email', { body: { email, password } }));
}

function cookiesOf({ headers }: Visited): string {
  return headers
    .getSetCookie()
    .filter((line) => !/max-age=0/i.test(line))
    .map((line) => line.split(';')[0])
    .join('; ');
}

const callBy =
  (way: Way): Call =>
  (path, options = {}) => {
    const base = way === 'directly' ? system.settings.authUrl : system.apiUrl;
    return visit({ ...options, url: `${base}/api/auth${path}` });
  };

async function eventsOf({ requestId }: Visited): Promise<string[]> {
  const names = { [ann.id]: 'Ann', [root.id]: 'Root' };
  const events = await readEvents(system, requestId);
  return events.map((event) => describeEvent(event, names));
}

describe.each<[Way]>([['directly'], ['through the API']])('Better-Auth, called %s', (way) => {
  const call = callBy(way);

  // The first event of an hour is recorded at once; repetitions are summed up.
  beforeAll(() => system.query('DELETE FROM audit_repeat'));

  it.each(ACTIONS)('records $name', async ({ act, events }) => {
    await expect(eventsOf(await act(call))).resolves.toEqual(events);
  });
});

describe('an event of Better-Auth', () => {
  const call = callBy('directly');

  it('contains the client and the request', async () => {
    const { requestId } = await post('/update-user', () => ({ name: 'Anna' })).act(
      callBy('through the API'),
    );
    await expect(readEvents(system, requestId)).resolves.toEqual([
      expect.objectContaining({
        ip_address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
        user_agent: 'an audited browser',
        request_id: requestId,
        before: { name: 'Ann' },
        after: { name: 'Anna' },
      }),
    ]);
  });

  it('contains the values before and after a change by an administrator', async () => {
    const role = await manage('/set-role', () => ({ role: 'admin' })).act(call);
    expect((await readEvents(system, role.requestId))[0]).toMatchObject({
      before: { role: 'user' },
      after: { role: 'admin' },
    });
    const ban = await manage('/ban-user', () => ({ banReason: 'Sent spam' })).act(call);
    expect((await readEvents(system, ban.requestId))[0]).toMatchObject({
      before: { banned: false },
      after: { banned: true, banReason: 'Sent spam' },
    });
  });

  it('contains the ban and the verified address of a created user', async () => {
    const fields = { email: `banned-${ann.email}`, password: PASSWORD, name: 'Made' };
    const body = { ...fields, data: { banned: true, emailVerified: true } };
    const { requestId } = await call('/admin/create-user', { ...byRoot(), body });
    const events = await readEvents(system, requestId);
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'user.created',
        after: expect.objectContaining({ banned: true, emailVerified: true }) as object,
      }),
    );
  });

  it('contains the values before and after a change of the e-mail address', async () => {
    const { requestId } = await confirm(await linkToNewAddress());
    expect((await readEvents(system, requestId))[0]).toMatchObject({
      before: { email: ann.email },
      after: { email: `new-${ann.email}` },
    });
  });

  it('is not written when nothing changed', async () => {
    for (const visited of [
      await post('/revoke-session', () => ({ token: 'none' })).act(call),
      await post('/update-user', () => ({ name: 'Ann' })).act(call),
      await post('/admin/set-role', () => ({ userId: ann.id, role: 'admin' })).act(call),
      await manage('/revoke-user-sessions', () => ({ userId: 'nobody' })).act(call),
      await manage('/revoke-user-sessions', () => ({ userId: 'x'.repeat(9_000) })).act(call),
      await post('/two-factor/disable', () => ({ password: PASSWORD })).act(call),
      await call('/sign-out'),
      await call('/get-session', { ...byAnn(), method: 'GET' }),
      await enter('/sign-in/email', () => ({ email: 'no address', password: 'x' })).act(call),
    ]) {
      await expect(eventsOf(visited)).resolves.toEqual([]);
    }
  });

  it('is written for each step of a second factor', async () => {
    const enabling = await post('/two-factor/enable', () => ({ password: PASSWORD })).act(call);
    await expect(eventsOf(enabling)).resolves.toEqual([]);
    const { totpURI, backupCodes } = enabling.body as { totpURI: string; backupCodes: string[] };
    const app = new AuthenticatorApp(totpURI);
    const enabled = await post('/two-factor/verify-totp', () => ({ code: app.code() })).act(call);
    await expect(eventsOf(enabled)).resolves.toEqual(['two_factor.enabled by Ann about Ann']);
    const bearer = enabled.headers.get('set-auth-token')!;

    const credentials = { email: ann.email, password: PASSWORD };
    const first = await call('/sign-in/email', { body: credentials });
    await expect(eventsOf(first)).resolves.toEqual([
      'two_factor.challenged by anonymous about Ann',
    ]);
    const cookie = cookiesOf(first);
    const wrong = await call('/two-factor/verify-totp', {
      cookie,
      body: { code: app.wrongCode() },
    });
    await expect(eventsOf(wrong)).resolves.toEqual([
      'failed two_factor.failed by anonymous about Ann',
    ]);
    const code = backupCodes[0]!;
    const second = await call('/two-factor/verify-backup-code', { cookie, body: { code } });
    await expect(eventsOf(second)).resolves.toEqual([
      'two_factor.verified by Ann about Ann',
      'user.signed_in by Ann about Ann',
    ]);

    const body = { password: PASSWORD };
    const anew = await call('/two-factor/generate-backup-codes', { bearer, body });
    await expect(eventsOf(anew)).resolves.toEqual([
      'two_factor.recovery_codes_generated by Ann about Ann',
    ]);
    const guess = await call('/two-factor/disable', { bearer, body: { password: 'a guess' } });
    await expect(eventsOf(guess)).resolves.toEqual(['failed two_factor.disabled by Ann about Ann']);
    const disabled = await call('/two-factor/disable', { bearer, body });
    await expect(eventsOf(disabled)).resolves.toEqual(['two_factor.disabled by Ann about Ann']);
  });

  it('is written for a sign-up', async () => {
    const body = { email: 'new@example.com', password: PASSWORD, name: 'New' };
    const events = await eventsOf(await call('/sign-up/email', { body }));
    expect(events).toEqual([
      expect.stringMatching(/^user\.signed_up by (\w{32}) about \1$/),
      expect.stringMatching(/^user\.signed_in by (\w{32}) about \1$/),
    ]);
  });
});
