import { type Call, type Outcome, send } from './http-call';
import { CHANGED_EMAIL, type Ledger } from './ledger';
import { OAuthClient } from './oauth-client';
import { CALLBACK_URL } from '../../support/client/oauth-tokens';

const PASSWORD = 'correct horse battery staple';

/** Of the load balancers. */
export interface Urls {
  api: string;
  auth: string;
}

interface CallKind {
  toCall(): Call;
  onAnswer?(outcome: Outcome): void;
}

export type Calls = Record<string, CallKind>;

/** Sends the requests that belong together. */
export type Flow = () => Promise<Outcome[]>;

export interface Kinds {
  calls: Calls;
  flows: Record<string, Flow>;
}

interface Context {
  urls: Urls;
  v1: string;
  user: Tokens;
  admin: Tokens;
  ledger: Ledger;
}

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

interface NewClient {
  clientId: string;
  clientSecret: string;
}

/** Creates the users and clients of the load, and the requests that it sends. */
export async function prepareKinds(urls: Urls, ledger: Ledger): Promise<Kinds> {
  const v1 = `${urls.api}/api/v1`;
  const user = await signUp(v1, CHANGED_EMAIL);
  // Another user: a hundred sign-ins end the oldest session.
  await signUp(v1, 'eve@example.com');
  const body = { email: 'admin@example.com', password: 'the first administrator' };
  const admin = await post<Tokens>({ url: `${v1}/auth/sign-in`, body });
  const context: Context = { urls, v1, user, admin, ledger };
  const oauth = await oauthCalls(context);
  const calls = { ...readCalls(context), ...sessionCalls(context), ...writeCalls(context) };
  return { calls: { ...calls, ...oauth }, flows: await oauthFlows(context) };
}

function readCalls({ v1, user, admin }: Context): Calls {
  const asUser = (path: string) => asIs({ url: v1 + path, token: user.accessToken });
  const asAdmin = (path: string) => asIs({ url: v1 + path, token: admin.accessToken });
  return {
    'own user': asUser('/users/me'),
    'own sessions': asUser('/users/me/sessions'),
    export: asUser('/users/me/export'),
    'list of users': asAdmin('/admin/users'),
    'audit events': asAdmin('/admin/audit-events'),
    statistics: asAdmin('/admin/stats'),
    'kept access events': asAdmin('/access-events'),
    'stream of access events': asIs({
      url: `${v1}/access-events`,
      token: admin.accessToken,
      accept: 'text/event-stream',
    }),
  };
}

function sessionCalls({ v1, urls, user }: Context): Calls {
  const credentials = { email: 'eve@example.com', password: PASSWORD };
  const { refreshToken } = user;
  return {
    'sign-in': asIs({ url: `${v1}/auth/sign-in`, body: credentials }),
    refresh: asIs({ url: `${v1}/auth/refresh`, body: { refreshToken } }),
    'passed sign-in': asIs({ url: `${urls.api}/api/auth/sign-in/email`, body: credentials }),
    'direct session': asIs({ url: `${urls.auth}/api/auth/get-session`, token: refreshToken }),
    'direct token': asIs({ url: `${urls.auth}/api/auth/token`, token: refreshToken }),
  };
}

function writeCalls({ v1, user, admin, ledger }: Context): Calls {
  // A kind sends one request at a time.
  let [email, created, name] = ['', '', ''];
  return {
    'sign-up': {
      toCall: () => {
        email = `user-${ledger.next()}@example.com`;
        return { url: `${v1}/auth/sign-up`, body: { email, password: PASSWORD, name: 'New' } };
      },
      onAnswer: ({ status }) => ledger.addSignUp(email, status === 201),
    },
    'create user': {
      toCall: () => {
        created = `created-${ledger.next()}@example.com`;
        const body = { email: created, password: PASSWORD, name: 'New' };
        return { url: `${v1}/admin/users`, token: admin.accessToken, body };
      },
      onAnswer: ({ status }) => ledger.addUser(created, status === 201),
    },
    'change own user': {
      toCall: () => {
        name = `Ada ${ledger.next()}`;
        const { accessToken: token } = user;
        return { method: 'PATCH', url: `${v1}/users/me`, token, body: { name } };
      },
      onAnswer: ({ status }) => ledger.addName(name, status === 200),
    },
  };
}

/** A service account gets tokens, and a resource server asks about one. */
async function oauthCalls({ v1, urls, admin }: Context): Promise<Calls> {
  const token = admin.accessToken;
  const server = await post<NewClient>({
    url: `${v1}/admin/clients`,
    token,
    body: { name: 'Load', type: 'machine', scopes: ['users:read'] },
  });
  const authorization = basic(server);
  const grant: Call = {
    url: `${urls.auth}/api/auth/oauth2/token`,
    form: { grant_type: 'client_credentials', scope: 'users:read' },
    authorization,
  };
  const { access_token: asked } = await post<{ access_token: string }>(grant);
  const introspection = { url: `${urls.auth}/api/auth/oauth2/introspect`, form: { token: asked } };
  return {
    'OAuth token': asIs(grant),
    introspection: asIs({ ...introspection, authorization }),
    'passed introspection': asIs({
      ...introspection,
      url: `${urls.api}/api/auth/oauth2/introspect`,
      authorization,
    }),
  };
}

async function oauthFlows({ v1, urls, admin }: Context): Promise<Record<string, Flow>> {
  const { clientId } = await post<NewClient>({
    url: `${v1}/admin/clients`,
    token: admin.accessToken,
    body: {
      name: 'App',
      type: 'public',
      redirectUris: [CALLBACK_URL],
      scopes: ['openid', 'offline_access'],
    },
  });
  const asUser = async (email: string) => {
    await signUp(v1, email);
    return OAuthClient.signedIn({ authUrl: urls.auth, clientId, email, password: PASSWORD });
  };
  const [one, other] = [await asUser('code@example.com'), await asUser('grant@example.com')];
  return { 'OAuth code': () => one.exchangeCode(), 'OAuth refresh': () => other.refresh() };
}

function asIs(call: Call): CallKind {
  return { toCall: () => call };
}

function signUp(v1: string, email: string): Promise<Tokens> {
  return post({ url: `${v1}/auth/sign-up`, body: { email, password: PASSWORD, name: 'Ada' } });
}

async function post<Body>(call: Call): Promise<Body> {
  const response = await send(call);
  if (!response.ok) throw new Error(`${call.url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

function basic({ clientId, clientSecret }: NewClient): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
}
