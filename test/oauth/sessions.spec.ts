import { randomUUID } from 'node:crypto';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { Browser } from './browser';
import { makePkce, OAuthStage, type TokenAnswer } from './stage';
import { eventually, modeOf } from '../live-access/readiness';
import { Caller } from '../support/caller';
import { ReplicaProcess } from '../support/processes/replica-process';
import { TcpProxy } from '../support/servers/tcp-proxy';
import { enrolUser } from '../second-factor/enrolment';
import { PASSWORD, type SignedInUser } from '../support/system';

/** Time limit for the guarantee of 100 ms on a loaded host, in milliseconds. */
const PATIENCE_MS = 60_000;

let stage: OAuthStage;
let client: NewClient;
let user: SignedInUser;
let browser: Browser;

beforeAll(async () => {
  stage = await OAuthStage.start({ replicas: 3 });
  client = await stage.register({ type: 'public' });
});

beforeEach(async () => {
  ({ user, browser } = await stage.user());
});

afterAll(() => stage.system.stop());

/** Asks every replica until it refuses; before that it returned 200. */
async function expectRefusedEverywhere(token: string, path: string): Promise<void> {
  await Promise.all(
    stage.system.replicas.map(async ({ url }) => {
      const caller = new Caller(url, token);
      const end = Date.now() + PATIENCE_MS;
      while ((await caller.get(path)).status === 200) {
        if (Date.now() > end) throw new Error(`still accepted by ${url}`);
      }
      const { status, body } = await caller.get(path);
      expect([status, body.code]).toEqual([401, 'invalid_token']);
    }),
  );
}

async function expectKnownEverywhere(token: string, path: string): Promise<void> {
  for (const { url } of stage.system.replicas) {
    expect((await new Caller(url, token).get(path)).status).toBe(200);
  }
}

const ME = '/api/v1/users/me';
const USERS = '/api/v1/admin/users';

/** Changes that end a user's access, for every client. */
const WAYS: [string, () => Promise<unknown>][] = [
  ['the user is banned', () => stage.clients.put(`${USERS}/${user.id}/ban`, {})],
  [
    'the user is banned behind our backs',
    () => stage.system.query('UPDATE "user" SET banned = true WHERE id = $1', [user.id]),
  ],
  ['the user is deleted', () => stage.clients.delete(`${USERS}/${user.id}`)],
  ['all sessions are ended', () => stage.clients.delete(`${USERS}/${user.id}/sessions`)],
  ['the user signs out', () => browser.post('/sign-out', {})],
  [
    'an administrator sets the password',
    () =>
      callAuth(stage.admin).post('/admin/set-user-password', {
        userId: user.id,
        newPassword: NEW_PASSWORD,
      }),
  ],
  ['the password is reset', () => resetPassword()],
  [
    'the user changes the password in another session, and ends the others',
    () =>
      callAuth(user).post('/change-password', {
        currentPassword: PASSWORD,
        newPassword: NEW_PASSWORD,
        revokeOtherSessions: true,
      }),
  ],
  ['the user enables the second factor in another session', () => enrolUser(stage.system, user)],
  [
    'the session has expired',
    () =>
      stage.system.query(
        `UPDATE session SET expires_at = now() - interval '1 s' WHERE user_id = $1`,
        [user.id],
      ),
  ],
];

describe('tokens of a user end with their session', () => {
  it.each(WAYS)('when %s: access token, refresh, userinfo, new codes', async (_title, takeAway) => {
    const tokens = await stage.tokens(client, browser);
    await expectKnownEverywhere(tokens.access_token, ME);
    const unused = await stage.code(client, browser);
    await takeAway();
    await expectRefusedEverywhere(tokens.access_token, ME);
    const renewed = await stage.refresh(client, tokens.refresh_token);
    expect(renewed.status).toBe(400);
    expect(renewed.body).not.toHaveProperty('access_token');
    expect((await stage.exchange(client, unused)).body).not.toHaveProperty('access_token');
    const userinfo = await fetch(stage.at('userinfo'), {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect([400, 401]).toContain(userinfo.status);
    const shown = await stage.ask(
      { token: tokens.access_token, client_id: client.clientId },
      { endpoint: 'introspect' },
    );
    expect(shown.body).not.toMatchObject({ active: true });
    const next = await browser.authorize(stage.authorization(client.clientId, makePkce()));
    expect([next.origin, next.pathname]).toEqual([stage.system.settings.authUrl, '/sign-in']);
  });
});

const NEW_PASSWORD = 'another battery of the stable';

function callAuth(caller?: SignedInUser): Caller {
  return new Caller(`${stage.system.settings.authUrl}/api/auth`, caller?.refreshToken);
}

async function resetPassword(): Promise<void> {
  const token = randomUUID();
  await stage.system.query(
    `INSERT INTO verification (id, identifier, value, expires_at)
     VALUES ($1, 'reset-password:' || $1, $2, now() + interval '1 hour')`,
    [token, user.id],
  );
  await callAuth().post('/reset-password', { token, newPassword: NEW_PASSWORD });
}

/** How long notifications take to the replica below: less than what ends its live access. */
const DELAY_MS = 40;

describe('a replica to which notifications take a while', () => {
  let listening: TcpProxy;
  let replica: ReplicaProcess;

  beforeAll(async () => {
    const { settings } = stage.system;
    listening = await TcpProxy.before(settings.databaseUrl);
    const databaseDirectUrl = listening.via(settings.databaseUrl);
    replica = await ReplicaProcess.start({ settings: { ...settings, databaseDirectUrl } });
    await eventually(() => modeOf(replica.url), 'live');
    listening.delay(DELAY_MS);
  });

  afterAll(async () => {
    await listening.restore();
    await replica.stop();
    await listening.cut();
  });

  const signOutBy = (link: URL, idToken: string) => {
    link.searchParams.set('id_token_hint', idToken);
    return fetch(link, { redirect: 'manual' });
  };
  const WAYS_THROUGH: [string, (tokens: TokenAnswer['body']) => Promise<{ status: number }>][] = [
    ['by a route', () => new Caller(replica.url, user.accessToken).post('/api/v1/auth/sign-out')],
    [
      'by an endpoint of the auth server',
      () => new Caller(`${replica.url}/api/auth`, user.refreshToken).post('/sign-out', {}),
    ],
    [
      'by the link of a client',
      ({ id_token }) => signOutBy(new URL(`${replica.url}/api/auth/oauth2/end-session`), id_token),
    ],
  ];

  it.each(WAYS_THROUGH)(
    'refuses the next request after a sign-out through it: %s',
    async (title, signOut) => {
      const tokens = await stage.tokens(client, browser);
      const token = title.includes('link') ? tokens.access_token : user.accessToken;
      const caller = new Caller(replica.url, token);
      for (let count = 0; count < 2; count += 1) {
        expect((await caller.get(ME)).status).toBe(200);
      }
      expect((await signOut(tokens)).status).toBeLessThan(400);
      expect((await caller.get(ME)).status).toBe(401);
    },
  );
});

/** Changes that end a client's access. */
const CLIENT_WAYS: [string, (id: string) => Promise<unknown>][] = [
  ['disabled', (id) => stage.change(id, { disabled: true })],
  ['deleted', (id) => stage.clients.delete(`/api/v1/admin/clients/${id}`)],
  [
    'disabled behind our backs',
    (id) =>
      stage.system.query('UPDATE oauth_client SET disabled = true WHERE client_id = $1', [id]),
  ],
  [
    'deleted behind our backs',
    (id) => stage.system.query('DELETE FROM oauth_client WHERE client_id = $1', [id]),
  ],
];

describe('tokens of a client are refused by every replica', () => {
  it.each(CLIENT_WAYS)('when the service account is %s', async (_title, takeAway) => {
    const serviceAccount = await stage.register({ type: 'machine' });
    const { body } = await stage.serviceAccountToken(serviceAccount);
    await expectKnownEverywhere(body.access_token, USERS);
    await takeAway(serviceAccount.clientId);
    await expectRefusedEverywhere(body.access_token, USERS);
    expect((await stage.serviceAccountToken(serviceAccount)).body.error).toBe('invalid_client');
  });

  it.each(CLIENT_WAYS)('when the client that acts for a user is %s', async (_title, takeAway) => {
    const userClient = await stage.register({ type: 'public' });
    const tokens = await stage.tokens(userClient, browser);
    await expectKnownEverywhere(tokens.access_token, ME);
    await takeAway(userClient.clientId);
    await expectRefusedEverywhere(tokens.access_token, ME);
    const renewed = await stage.refresh(userClient, tokens.refresh_token);
    expect(renewed.body.error).toMatch(/^invalid_(client|grant)$/);
    // The user's session continues.
    expect((await user.caller.get(ME)).status).toBe(200);
  });

  it('until it is enabled again', async () => {
    const serviceAccount = await stage.register({ type: 'machine' });
    const { body } = await stage.serviceAccountToken(serviceAccount);
    await stage.change(serviceAccount.clientId, { disabled: true });
    await expectRefusedEverywhere(body.access_token, USERS);
    await stage.change(serviceAccount.clientId, { disabled: false });
    const caller = new Caller(stage.system.apiUrl, body.access_token);
    const end = Date.now() + PATIENCE_MS;
    while ((await caller.get(USERS)).status !== 200) {
      if (Date.now() > end) throw new Error('still refused');
    }
  });

  it('when a removed scope is required', async () => {
    const serviceAccount = await stage.register({
      type: 'machine',
      scopes: ['users:read', 'audit:read'],
    });
    const { body } = await stage.serviceAccountToken(serviceAccount);
    await expectKnownEverywhere(body.access_token, USERS);
    await stage.change(serviceAccount.clientId, { scopes: ['audit:read'] });
    await expectScopeLost(body.access_token);
  });

  it('when the service account loses its grant type', async () => {
    const serviceAccount = await stage.register({ type: 'machine' });
    const { body } = await stage.serviceAccountToken(serviceAccount);
    await expectKnownEverywhere(body.access_token, USERS);
    await stage.system.query(`UPDATE oauth_client SET grant_types = '[]' WHERE client_id = $1`, [
      serviceAccount.clientId,
    ]);
    await expectScopeLost(body.access_token);
    const next = await stage.serviceAccountToken(serviceAccount);
    expect(next.body.error).toBe('unauthorized_client');
  });

  async function expectScopeLost(token: string): Promise<void> {
    for (const { url } of stage.system.replicas) {
      const caller = new Caller(url, token);
      const end = Date.now() + PATIENCE_MS;
      while ((await caller.get(USERS)).status === 200) {
        if (Date.now() > end) throw new Error('the scope is still accepted');
      }
      expect((await caller.get(USERS)).body.code).toBe('insufficient_scope');
    }
  }
});

/** What the auth server itself answers about tokens after a change; `null`: nothing. */
interface Remaining {
  userInfo: string[] | null;
  /** Of the access token, with its role. */
  scope: string | null;
  role?: string;
  /** Of the refresh token. */
  renewable: string | null;
}

const TAKEN: [string, (id: string) => Promise<unknown>, Remaining][] = [
  [
    'is as it was',
    () => Promise.resolve(),
    {
      userInfo: ['sub', 'name', 'given_name', 'family_name', 'email', 'email_verified'],
      scope: 'openid profile email offline_access',
      role: 'admin',
      renewable: 'openid profile email offline_access',
    },
  ],
  [
    'has lost scopes',
    (id) => stage.change(id, { scopes: ['openid', 'email', 'offline_access'] }),
    {
      userInfo: ['sub', 'email', 'email_verified'],
      scope: 'openid email offline_access',
      role: 'admin',
      renewable: 'openid email offline_access',
    },
  ],
  [
    'has lost openid',
    (id) => stage.change(id, { scopes: ['profile'] }),
    { userInfo: null, scope: 'profile', role: 'admin', renewable: null },
  ],
  [
    'has lost offline_access',
    (id) => stage.change(id, { scopes: ['openid', 'email'] }),
    {
      userInfo: ['sub', 'email', 'email_verified'],
      scope: 'openid email',
      role: 'admin',
      renewable: null,
    },
  ],
  [
    'has lost all scopes of the token',
    (id) => stage.change(id, { scopes: ['users:read'] }),
    { userInfo: null, scope: null, renewable: null },
  ],
  [
    'has a user who is no longer an administrator',
    () => stage.clients.put(`${USERS}/${user.id}/role`, { role: 'user' }),
    {
      userInfo: ['sub', 'name', 'given_name', 'family_name', 'email', 'email_verified'],
      scope: 'openid profile email offline_access',
      role: 'user',
      renewable: 'openid profile email offline_access',
    },
  ],
];

describe('what the auth server says about tokens of a client', () => {
  const introspect = async (token: string, secretOf: NewClient, base?: string) =>
    (await stage.ask({ token }, { secretOf, endpoint: 'introspect', base })).body as unknown as {
      active: boolean;
      scope?: string;
      role?: string;
    };

  /** Directly, and through the API. */
  const bases = () => [stage.base, `${stage.system.apiUrl}/api/auth/oauth2`];

  it.each(TAKEN)('that %s is what is in force', async (_title, change, remaining) => {
    const caller = await stage.register({ type: 'confidential' });
    await stage.clients.put(`${USERS}/${user.id}/role`, { role: 'admin' });
    const tokens = await stage.tokens(caller, browser);
    await change(caller.clientId);
    const { userInfo, scope, role, renewable } = remaining;
    for (const base of bases()) {
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      const answer = await fetch(`${base}/userinfo`, { headers });
      const claims = (await answer.json()) as object;
      expect([answer.status, claims]).toEqual(
        userInfo
          ? [200, Object.fromEntries(userInfo.map((name) => [name, expect.anything()]))]
          : [403, expect.objectContaining({ error: 'insufficient_scope' })],
      );
      const access = await introspect(tokens.access_token, caller, base);
      expect(access).toEqual(
        scope === null ? { active: false } : expect.objectContaining({ active: true, scope, role }),
      );
      const refresh = await introspect(tokens.refresh_token, caller, base);
      expect(refresh).toEqual(
        renewable === null
          ? { active: false }
          : expect.objectContaining({ active: true, scope: renewable }),
      );
    }
    const renewed = await stage.refresh(caller, tokens.refresh_token);
    expect(renewed).toMatchObject(
      renewable === null
        ? { status: 400, body: { error: 'invalid_grant' } }
        : { status: 200, body: { scope: renewable } },
    );
  });

  it('is that a first-party client without scopes still acts by the role', async () => {
    const caller = await stage.register({ type: 'confidential', firstParty: true });
    const tokens = await stage.tokens(caller, browser, { scope: 'profile' });
    await stage.change(caller.clientId, { scopes: ['users:read'] });
    const shown = await introspect(tokens.access_token, caller);
    expect(shown).toMatchObject({ active: true, scope: '', role: 'user' });
  });

  it('is that a first-party client has nothing at another resource without its scopes', async () => {
    const opened = await stage.clients.post('/api/v1/admin/resources', {
      identifier: 'https://orders.example.com',
      name: 'Orders',
      scopes: [{ name: 'orders:read', description: 'see your orders' }],
      clients: [],
    });
    expect(opened.status).toBe(201);
    const scopes = ['openid', 'orders:read'];
    const caller = await stage.register({ type: 'confidential', firstParty: true, scopes });
    const tokens = await stage.tokens(caller, browser, { scope: 'openid orders:read' });
    expect(await introspect(tokens.access_token, caller)).toMatchObject({ scope: 'orders:read' });
    await stage.change(caller.clientId, { scopes: ['openid'] });
    expect(await introspect(tokens.access_token, caller)).toEqual({ active: false });
  });

  it('is what a service account still has', async () => {
    const account = await stage.register({ type: 'machine', scopes: ['users:read', 'audit:read'] });
    const { access_token: token } = (await stage.serviceAccountToken(account)).body;
    await stage.change(account.clientId, { scopes: ['audit:read'] });
    for (const base of bases()) {
      expect(await introspect(token, account, base)).toMatchObject({
        active: true,
        scope: 'audit:read',
      });
    }
    await stage.change(account.clientId, { scopes: ['ssf:manage'] });
    for (const base of bases()) {
      expect(await introspect(token, account, base)).toEqual({ active: false });
    }
  });
});
