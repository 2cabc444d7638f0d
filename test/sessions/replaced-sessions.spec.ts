import { randomUUID } from 'node:crypto';
import type { SignedIn } from '../../src/auth-proxy/auth.schemas';
import { enrolUser } from '../second-factor/enrolment';
import { Caller } from '../support/caller';
import { PASSWORD, System, type SignedInUser } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
});

afterAll(() => system.stop());

function post(path: string, body: object, headers: Record<string, string> = {}) {
  const { authUrl } = system.settings;
  return fetch(`${authUrl}/api/auth${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', origin: authUrl, ...headers },
  });
}

/** @returns the cookie of the new session. */
async function signIn(email: string, cookie = ''): Promise<string> {
  const response = await post('/sign-in/email', { email, password: PASSWORD }, { cookie });
  const lines = response.headers.getSetCookie().filter((line) => !/max-age=0/i.test(line));
  return lines.find((line) => line.includes('session_token='))!.split(';')[0]!;
}

async function isSignedIn(cookie: string): Promise<boolean> {
  const { authUrl } = system.settings;
  const response = await fetch(`${authUrl}/api/auth/get-session`, { headers: { cookie } });
  return (await response.json()) !== null;
}

describe('a sign-in in a browser that has a session', () => {
  it.each(['the same user', 'another user'])(
    'ends the session that it replaces: %s',
    async (who) => {
      const [ann, ben] = [await system.asUser(), await system.asUser()];
      const former = await signIn(ann.email);
      const next = await signIn(who === 'the same user' ? ann.email : ben.email, former);
      await expect(isSignedIn(former)).resolves.toBe(false);
      await expect(isSignedIn(next)).resolves.toBe(true);
    },
  );

  it('ends it by a sign-up', async () => {
    const former = await signIn((await system.asUser()).email);
    const body = { email: `${randomUUID()}@example.com`, name: 'New', password: PASSWORD };
    const { status } = await post('/sign-up/email', body, { cookie: former });
    expect(status).toBe(200);
    await expect(isSignedIn(former)).resolves.toBe(false);
  });

  it('with a second factor ends it at the first step, which removes its cookie', async () => {
    const [ann, ben] = [await system.asUser(), await system.asUser()];
    await enrolUser(system, ben);
    const former = await signIn(ann.email);
    const body = { email: ben.email, password: PASSWORD };
    const response = await post('/sign-in/email', body, { cookie: former });
    expect(await response.json()).toMatchObject({ twoFactorRedirect: true });
    expect(response.headers.getSetCookie().join()).toMatch(/session_token=; Max-Age=0/);
    await expect(isSignedIn(former)).resolves.toBe(false);
  });

  it('keeps the session when the password is wrong', async () => {
    const ann = await system.asUser();
    const former = await signIn(ann.email);
    await post('/sign-in/email', { email: ann.email, password: 'wrong' }, { cookie: former });
    await expect(isSignedIn(former)).resolves.toBe(true);
  });
});

describe('an impersonation', () => {
  let acting: Caller;
  let target: SignedInUser;

  beforeEach(async () => {
    const admin = await system.asAdmin();
    target = await system.asUser();
    const path = `/api/v1/admin/users/${target.id}/impersonate`;
    const { body } = await admin.caller.post<SignedIn>(path);
    acting = new Caller(`${system.settings.authUrl}/api/auth`, body.refreshToken);
  });

  it.each<[string, object]>([
    ['/change-password', { currentPassword: PASSWORD, newPassword: 'another password here' }],
    ['/change-email', { newEmail: 'thief@example.com' }],
    ['/two-factor/enable', { password: PASSWORD }],
    ['/two-factor/verify-totp', { code: '123456' }],
    ['/passkey/verify-registration', { response: {} }],
    ['/passkey/delete-passkey', { id: 'p' }],
    ['/link-social', { provider: 'google' }],
    ['/unlink-account', { providerId: 'credential', accountId: 'a' }],
    ['/oauth2/consent', { accept: true }],
  ])('changes no credentials: %s', async (path, body) => {
    const answer = await acting.post(path, body);
    expect(answer).toMatchObject({ status: 403, body: { code: 'IMPERSONATION_NOT_ALLOWED' } });
  });

  it('may still change the name, and end itself', async () => {
    expect((await acting.post('/update-user', { name: 'Other' })).status).toBe(200);
    expect((await acting.post('/sign-out', {})).status).toBe(200);
  });

  it('lasts one hour, for every value of its insert', async () => {
    const [row] = await system.query<{ minutes: number }>(
      `INSERT INTO session (id, user_id, token, impersonated_by, expires_at)
       SELECT $1, $2, $1, impersonated_by, now() + interval '7 days' FROM session
        WHERE user_id = $2 AND impersonated_by IS NOT NULL
       RETURNING extract(epoch FROM expires_at - now())::int / 60 AS minutes`,
      [randomUUID(), target.id],
    );
    expect(row!.minutes).toBeLessThanOrEqual(60);
  });

  it('is not extended by an update', async () => {
    const [row] = await system.query<{ minutes: number }>(
      `UPDATE session SET expires_at = now() + interval '7 days'
        WHERE user_id = $1 AND impersonated_by IS NOT NULL
       RETURNING extract(epoch FROM expires_at - now())::int / 60 AS minutes`,
      [target.id],
    );
    expect(row!.minutes).toBeLessThanOrEqual(60);
  });

  it('begins for every writer only of an active administrator, and never of another one', async () => {
    const [acts, other] = [await system.asNewAdmin(), await system.asNewAdmin()];
    const ann = await system.asUser();
    const insert = (userId: string, administrator: string) =>
      system.query(
        `INSERT INTO session (id, user_id, token, impersonated_by, expires_at)
         VALUES ($1, $2, $1, $3, now() + interval '1 minute')`,
        [randomUUID(), userId, administrator],
      );
    await insert(target.id, acts.id);
    await expect(insert(target.id, ann.id)).rejects.toMatchObject({ code: 'GH004' });
    await expect(insert(other.id, acts.id)).rejects.toMatchObject({ code: 'GH004' });
    await system.query('UPDATE "user" SET banned = true WHERE id = $1', [acts.id]);
    await expect(insert(target.id, acts.id)).rejects.toMatchObject({ code: 'GH002' });
  });
});

describe('a reset of the password by a mailed link', () => {
  async function linkFor(id: string): Promise<string> {
    const token = randomUUID();
    await system.query(
      `INSERT INTO verification (id, identifier, value, expires_at)
       VALUES ($1, 'reset-password:' || $1, $2, now() + interval '1 hour')`,
      [token, id],
    );
    return token;
  }

  it('verifies the address', async () => {
    const ann = await system.asUser();
    const token = await linkFor(ann.id);
    expect((await post('/reset-password', { token, newPassword: `${token} new` })).status).toBe(
      200,
    );
    const [row] = await system.query<{ email_verified: boolean }>(
      'SELECT email_verified FROM "user" WHERE id = $1',
      [ann.id],
    );
    expect(row!.email_verified).toBe(true);
  });

  it('is no longer possible after a first password is set', async () => {
    const ann = await system.asUser();
    await system.query(
      `UPDATE account SET provider_id = 'google', account_id = id, password = NULL WHERE user_id = $1`,
      [ann.id],
    );
    const token = await linkFor(ann.id);
    await system.query(
      `INSERT INTO account (id, user_id, account_id, provider_id, password) VALUES ($1, $1, $1, 'credential', 'x')`,
      [ann.id],
    );
    expect((await post('/reset-password', { token, newPassword: `${token} new` })).status).toBe(
      400,
    );
  });
});
