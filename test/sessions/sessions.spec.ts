import { createAuthClient } from 'better-auth/client';
import { adminClient } from 'better-auth/client/plugins';
import { createBrowserFetch } from '../support/client/cookie-jar';
import { PASSWORD, System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

function openClient(baseURL: string, userAgent = 'a browser') {
  const browser = createBrowserFetch(baseURL);
  const customFetchImpl: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('user-agent', userAgent);
    return browser(input, { ...init, headers });
  };
  return createAuthClient({
    baseURL,
    plugins: [adminClient()],
    fetchOptions: { customFetchImpl },
  });
}

const sessionsOf = (email: string) =>
  system.query<{ id: string; token: string; expires_at: Date; user_agent: string }>(
    `SELECT s.* FROM session s JOIN "user" u ON u.id = s.user_id
      WHERE u.email = $1 ORDER BY s.created_at`,
    [email],
  );

describe.each([
  ['directly', () => system.settings.authUrl],
  ['through the API', () => system.apiUrl],
])("Better-Auth's client, %s,", (way, baseUrl) => {
  const suffix = way.replaceAll(' ', '-').toLowerCase();

  async function signedIn(email: string, ...devices: string[]) {
    await system.asUser({ email });
    await system.query(
      `DELETE FROM session WHERE user_id = (SELECT id FROM "user" WHERE email = $1)`,
      [email],
    );
    return Promise.all(
      devices.map(async (device) => {
        const client = openClient(baseUrl(), device);
        const { error } = await client.signIn.email({ email, password: PASSWORD });
        expect(error).toBeNull();
        return client;
      }),
    );
  }

  it("lists sessions with device and IP address, and no token except the caller's", async () => {
    const email = `list-${suffix}@example.com`;
    const [phone] = await signedIn(email, 'phone', 'laptop', 'tablet');
    const { data } = await phone!.listSessions();
    const devices = new Set(data!.map(({ userAgent }) => userAgent));
    expect(devices).toEqual(new Set(['phone', 'laptop', 'tablet']));
    expect(data!.every(({ ipAddress }) => /^(127\.0\.0\.1|::1)$/.test(ipAddress!))).toBe(true);
    const own = (await phone!.getSession()).data!.session;
    const rows = await sessionsOf(email);
    const secrets = rows.map(({ token }) => token).filter((token) => token !== own.token);
    expect(secrets).toHaveLength(2);
    for (const secret of secrets) expect(JSON.stringify(data)).not.toContain(secret);
    expect(data!.find(({ id }) => id === own.id)!.token).toBe(own.token);
  });

  it('ends one session by the listed id', async () => {
    const email = `one-${suffix}@example.com`;
    const [phone, laptop] = await signedIn(email, 'phone', 'laptop');
    const { data } = await phone!.listSessions();
    const { token } = data!.find(({ userAgent }) => userAgent === 'laptop')!;
    expect((await phone!.revokeSession({ token })).data).toEqual({ status: true });
    expect((await laptop!.getSession()).data).toBeNull();
    expect((await phone!.getSession()).data).not.toBeNull();
  });

  it("does not end another user's session", async () => {
    const [mine] = await signedIn(`mine-${suffix}@example.com`, 'mine');
    const email = `theirs-${suffix}@example.com`;
    const [theirs] = await signedIn(email, 'theirs');
    const [row] = await sessionsOf(email);
    for (const token of [row!.id, row!.token]) await mine!.revokeSession({ token });
    expect((await theirs!.getSession()).data).not.toBeNull();
  });

  it('ends all other sessions, then all', async () => {
    const [phone, laptop, tablet] = await signedIn(`all-${suffix}@example.com`, 'a', 'b', 'c');
    await phone!.revokeOtherSessions();
    expect((await laptop!.getSession()).data).toBeNull();
    expect((await tablet!.getSession()).data).toBeNull();
    expect((await phone!.getSession()).data).not.toBeNull();
    await phone!.revokeSessions();
    expect((await phone!.getSession()).data).toBeNull();
  });

  it("shows an administrator no token of a user, and ends the user's sessions", async () => {
    const email = `watched-${suffix}@example.com`;
    const [phone, laptop] = await signedIn(email, 'phone', 'laptop');
    const userId = (await phone!.getSession()).data!.user.id;
    const admin = openClient(baseUrl());
    await admin.signIn.email(ADMINISTRATOR);
    const { data } = await admin.admin.listUserSessions({ userId });
    expect(data!.sessions).toHaveLength(2);
    for (const { token } of await sessionsOf(email)) {
      expect(JSON.stringify(data)).not.toContain(token);
    }
    const { token } = data!.sessions.find(({ userAgent }) => userAgent === 'laptop')!;
    await admin.admin.revokeUserSession({ sessionToken: token });
    expect((await laptop!.getSession()).data).toBeNull();
    expect((await phone!.getSession()).data).not.toBeNull();
  });
});

describe('the listed id of a session', () => {
  it('cannot be used to sign in', async () => {
    const { email } = await system.asUser();
    const { id, token } = (await sessionsOf(email))[0]!;
    const ask = async (credential: string) => {
      const headers = { authorization: `Bearer ${credential}` };
      const response = await fetch(`${system.settings.authUrl}/api/auth/get-session`, { headers });
      return response.json();
    };
    expect(await ask(id)).toBeNull();
    expect(await ask(token)).not.toBeNull();
  });
});

describe('a session', () => {
  const DAY_MS = 86_400_000;

  it('lasts seven days, and is extended by use on another day', async () => {
    const { email, refreshToken } = await system.asUser();
    const [begun] = await sessionsOf(email);
    const life = begun!.expires_at.getTime() - Date.now();
    expect(Math.round(life / DAY_MS)).toBe(7);
    const use = async () => {
      const response = await fetch(`${system.settings.authUrl}/api/auth/get-session`, {
        headers: { authorization: `Bearer ${refreshToken}` },
      });
      return {
        cookie: response.headers.get('set-cookie'),
        body: await response.json(),
      };
    };
    expect((await use()).cookie).toBeNull();
    expect((await sessionsOf(email))[0]!.expires_at).toEqual(begun!.expires_at);
    await system.query(
      `UPDATE session SET expires_at = expires_at - interval '25 hours',
                          updated_at = updated_at - interval '25 hours' WHERE id = $1`,
      [begun!.id],
    );
    expect((await use()).cookie).toContain('Max-Age=604800');
    const renewed = (await sessionsOf(email))[0]!.expires_at.getTime() - Date.now();
    expect(Math.round(renewed / DAY_MS)).toBe(7);
    await system.query(
      `UPDATE session SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [begun!.id],
    );
    expect((await use()).body).toBeNull();
  });
});

describe('a planted cookie', () => {
  const signIn = async (email: string, cookie: string) => {
    const { authUrl } = system.settings;
    const response = await fetch(`${authUrl}/api/auth/sign-in/email`, {
      method: 'POST',
      body: JSON.stringify({ email, password: PASSWORD }),
      headers: { 'content-type': 'application/json', origin: authUrl, cookie },
    });
    return response.headers.getSetCookie().find((line) => line.includes('session_token='))!;
  };

  it('is not reused: every sign-in begins a new session', async () => {
    const attacker = await system.asUser();
    const victim = await system.asUser();
    const theirs = await signIn(attacker.email, '');
    const planted = theirs.split(';')[0]!;
    for (const cookie of [
      planted,
      'better-auth.session_token=chosen.by-the-attacker',
      planted.replace(/\./, '.x'),
    ]) {
      const mine = await signIn(victim.email, cookie);
      expect(mine.split(';')[0]).not.toBe(planted);
      expect(mine).not.toContain('chosen');
      const response = await fetch(`${system.settings.authUrl}/api/auth/get-session`, {
        headers: { cookie: mine.split(';')[0]! },
      });
      const { user } = (await response.json()) as { user: { email: string } };
      expect(user.email).toBe(victim.email);
    }
    const fresh = new Set(await Promise.all([1, 2, 3].map(() => signIn(victim.email, planted))));
    expect(fresh.size).toBe(3);
  });
});
