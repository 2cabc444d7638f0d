import { Harvest } from './harvest';
import { visit, type Visit } from './ledger';
import type { Settings } from '../../runtime/settings/load';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import { basic, OAuthStage } from '../oauth/stage';
import { AuthenticatorApp } from '../second-factor/authenticator-app';
import { PUSH, PushTarget } from '../shared-signals/push-target';
import { Receiver } from '../shared-signals/receiver';
import { asserting, ClientKeyPair } from '../support/client/client-keys';
import { confirmLink } from '../support/client/mailed-links';
import { readMails } from '../support/client/mailbox';
import { settingsAs } from '../support/servers/database-logins';
import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';
import { PASSWORD } from '../support/system';

const NEW_PASSWORD = 'a brand-new battery staple';

const PROVIDER = {
  GOOGLE_CLIENT_ID: 'a client',
  GOOGLE_CLIENT_SECRET: 'the secret of a client at a provider',
};

/** What both processes log, from the level `debug` on. */
const log: string[] = [];
let stage: OAuthStage;
let target: PushTarget;

beforeAll(async () => {
  target = await PushTarget.start();
  const env = { STREAM_DESTINATIONS: 'any', ...PROVIDER };
  stage = await OAuthStage.on(await InProcessSystem.start({ log, env }));
  harvest.add(...secretsOf(stage.system.settings), PROVIDER.GOOGLE_CLIENT_SECRET);
  harvest.begin();
  try {
    await useSecrets();
  } finally {
    harvest.end();
  }
});

afterAll(async () => {
  await stage.system.stop();
  await target.stop();
});

const harvest = new Harvest();

function secretsOf(settings: Settings): string[] {
  const { betterAuthSecret, internalSecret } = settings;
  const { password } = new URL(settingsAs('api', settings).databaseUrl);
  return [betterAuthSecret, internalSecret, password].filter((secret) => secret !== null);
}

/** Longer than what a text contains by chance. */
const listSecrets = () => [...harvest.secrets].filter((secret) => secret.length > 8);

/** Codes of six digits are searched as a word: they can be a part of a random id. */
const codes: string[] = [];
const findCodes = (text: string) => codes.filter((code) => new RegExp(`\\b${code}\\b`).test(text));

/**
 * JSON Web Tokens and password hashes of every origin. A random id can contain `eyJ`: a token has
 * a second part, or a header that begins with a name of RFC 7515.
 */
const ANY_SECRET =
  /eyJ[\w-]{10,}\.[\w-]{10,}|eyJ(?:hbGci|0eXAi|raWQi)Oi|\$argon2|\$scrypt|[0-9a-f]{32}:[0-9a-f]{64}/;

it('no secret is in an audit event', async () => {
  const { system, admin } = stage;
  const [{ text, count }] = (await system.query<{ text: string; count: number }>(
    `SELECT string_agg(audit_event::text, E'\\n') AS text, count(*)::int AS count FROM audit_event`,
  )) as [{ text: string; count: number }];
  expect(count).toBeGreaterThan(25);
  expect(text).toContain(admin.id);
  const secrets = listSecrets();
  const known = [PASSWORD, NEW_PASSWORD, ...secretsOf(system.settings)];
  expect(secrets).toEqual(expect.arrayContaining(known));
  expect(secrets.length).toBeGreaterThan(40);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(codes).toHaveLength(2);
  expect(findCodes(text)).toEqual([]);
  expect(text).not.toMatch(ANY_SECRET);
});

it('no secret and no e-mail address is in a log line of both processes', () => {
  const text = log.join('');
  expect(log.length).toBeGreaterThan(60);
  expect(listSecrets().filter((secret) => text.includes(secret))).toEqual([]);
  expect(findCodes(text)).toEqual([]);
  expect(text).not.toMatch(ANY_SECRET);
  expect(text).not.toMatch(/[\w.-]+(@|%40)example\.com/);
});

it('a request has one id in the log of both processes', async () => {
  const body = { email: 'admin@example.com', password: 'the first administrator' };
  const url = `${stage.system.apiUrl}/api/v1/auth/sign-in`;
  const { status, requestId } = await visit({ url, body });
  expect(status).toBe(200);
  await eventually(() => {
    const lines = log.map((line) => JSON.parse(line) as { process: string; requestId?: string });
    const own = lines.filter((line) => line.requestId === requestId);
    expect(new Set(own.map((line) => line.process))).toEqual(new Set(['api', 'auth']));
  });
});

async function useSecrets(): Promise<void> {
  const { system } = stage;
  const ann = await system.asUser();
  const bearer = ann.refreshToken;
  const call = (path: string, options: Omit<Visit, 'url'> = {}) =>
    visit({ ...options, url: `${system.settings.authUrl}/api/auth${path}` });
  const post = (path: string, body: object) => call(path, { bearer, body });
  await call('/sign-in/email', { body: { email: ann.email, password: `${PASSWORD} not` } });
  await call('/sign-in/email', { body: { email: 'who@example.com', password: `${PASSWORD}!` } });
  await post('/change-password', { currentPassword: 'a wild guess', newPassword: NEW_PASSWORD });
  await post('/change-password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
  await call('/request-password-reset', { body: { email: ann.email } });
  await call('/reset-password', { body: { token: 'a-token-made-up', newPassword: NEW_PASSWORD } });
  const enabled = await post('/two-factor/enable', { password: NEW_PASSWORD });
  const { totpURI, backupCodes } = enabled.body as { totpURI: string; backupCodes: string[] };
  const app = new AuthenticatorApp(totpURI);
  codes.push(app.code(), app.wrongCode());
  await post('/two-factor/verify-totp', { code: codes[0] });
  const first = await call('/sign-in/email', {
    body: { email: ann.email, password: NEW_PASSWORD },
  });
  const cookie = first.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  await call('/two-factor/verify-totp', { cookie, body: { code: codes[1] } });
  await call('/two-factor/verify-backup-code', { cookie, body: { code: backupCodes[0] } });
  await administrate(ann.id);
  await followLink();
  await changeEmail();
  await authorize();
  await receiveEvents();
}

/** The link of a mail, and the token in it. */
async function followLink(): Promise<void> {
  const { system } = stage;
  const { email } = await system.asUser();
  const base = `${system.settings.authUrl}/api/auth`;
  await visit({ url: `${base}/request-password-reset`, body: { email } });
  let link = '';
  await eventually(async () => {
    const [mail] = await readMails(system, email);
    link = /http:\/\/\S+/.exec(mail!.text)![0];
  });
  const token = /[\w-]{20,}/.exec(new URL(link).pathname + new URL(link).search)![0];
  harvest.add(link, token);
  await visit({ method: 'GET', url: link });
  await visit({ method: 'GET', url: `${base}/reset-password/${token}?callbackURL=/` });
  const body = { token, newPassword: NEW_PASSWORD };
  const reset = await visit({ url: `${base}/reset-password`, body });
  if (reset.status !== 200) throw new Error(JSON.stringify(reset.body));
}

/** A mailed link that changes the address, and a code of a provider without a started sign-in. */
async function changeEmail(): Promise<void> {
  const { system } = stage;
  const { id, email, refreshToken: bearer } = await system.asUser();
  await system.query('UPDATE "user" SET email_verified = true WHERE id = $1', [id]);
  const base = `${system.settings.authUrl}/api/auth`;
  const body = { newEmail: `new-${email}` };
  await visit({ url: `${base}/change-email`, bearer, body });
  let link = '';
  await eventually(async () => {
    const mails = [
      ...(await readMails(system, email)),
      ...(await readMails(system, body.newEmail)),
    ];
    link = /http:\/\/\S+token=\S+/.exec(mails.map(({ text }) => text).join('\n'))![0];
  });
  harvest.add(link, new URL(link).searchParams.get('token')!);
  await visit({ method: 'GET', url: link });
  await confirmLink(link);
  const code = 'a-code-that-a-provider-sent';
  harvest.add(code);
  await visit({ method: 'GET', url: `${base}/callback/google?code=${code}&state=made-up` });
}

/** A receiver of security events, by push and by poll. */
async function receiveEvents(): Promise<void> {
  const receiver = await Receiver.on(stage);
  const header = 'Bearer the secret of a receiver of events';
  await receiver.createStream({
    delivery: { method: PUSH, endpoint_url: target.url, authorization_header: header },
  });
  harvest.add(header, receiver.token, receiver.client.clientSecret!);
  const { id } = await stage.system.asUser();
  await stage.system.query('UPDATE "user" SET banned = true WHERE id = $1', [id]);
  await eventually(() => expect(target.requests.length).toBeGreaterThan(0));
  harvest.add(...target.requests.map(({ body }) => body));
}

async function administrate(userId: string): Promise<void> {
  const { system, admin } = stage;
  const bearer = admin.refreshToken;
  const call = (path: string, body: object) =>
    visit({ url: `${system.settings.authUrl}/api/auth/admin${path}`, bearer, body });
  const password = 'made up by Root herself';
  await call('/create-user', { email: 'made@example.com', password, name: 'Made' });
  await call('/set-user-password', { userId, newPassword: password });
  await call('/set-role', { userId, role: 'admin' });
  const { refreshToken: sessionToken } = await system.asUser();
  await call('/revoke-user-session', { sessionToken });
  const path = '/api/v1/admin/users';
  await admin.caller.post(path, { email: 'too@example.com', password, name: 'Too' });
  const someone = await system.asUser();
  await admin.caller.post(`${path}/${someone.id}/password-reset`);
  await admin.caller.post(`${path}/${someone.id}/impersonate`);
  await someone.caller.get('/api/v1/users/me/export');
  await someone.caller.post('/api/v1/auth/sign-out');
}

async function authorize(): Promise<void> {
  const serviceAccount = await stage.register({ type: 'machine' });
  await stage.serviceAccountToken(serviceAccount);
  await stage.serviceAccountToken({ ...serviceAccount, clientSecret: 'a secret that was guessed' });
  await stage.clients.post(`/api/v1/admin/clients/${serviceAccount.clientId}/secret`);
  const client = await stage.register({ type: 'public' });
  const { browser } = await stage.user();
  const tokens = await stage.tokens(client, browser);
  await stage.refresh(client, tokens.refresh_token);
  const { refresh_token: token, access_token: access } = await stage.tokens(client, browser);
  for (const asked of [token, access]) await introspect(serviceAccount, asked);
  await stage.ask({ token, client_id: client.clientId }, { endpoint: 'revoke' });
  await stage.ask({ token: access, client_id: client.clientId }, { endpoint: 'revoke' });
  await assertByKey();
}

/** A client with keys, at both processes. */
async function assertByKey(): Promise<void> {
  const pair = await ClientKeyPair.make();
  const { clientId } = await stage.register({ type: 'machine', jwks: pair.jwks });
  const assert = async () => asserting(await pair.sign(clientId, stage.system.settings.authUrl));
  const grant = { grant_type: 'client_credentials', ...(await assert()) };
  const { status, body } = await stage.ask(grant);
  if (status !== 200) throw new Error(JSON.stringify(body));
  await fetch(`${stage.system.apiUrl}/api/auth/oauth2/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token: body.access_token, ...(await assert()) }),
  });
}

/** At both processes. */
async function introspect(client: NewClient, token: string): Promise<void> {
  await stage.ask({ token }, { secretOf: client, endpoint: 'introspect' });
  await fetch(`${stage.system.apiUrl}/api/auth/oauth2/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    headers: { authorization: basic(client) },
  });
}
