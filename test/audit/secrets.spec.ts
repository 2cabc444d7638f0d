import { visit, type Visit } from './ledger';
import { OAuthStage } from '../oauth/stage';
import { AuthenticatorApp } from '../second-factor/authenticator-app';
import { InProcessSystem } from '../support/in-process-system';
import { replaceFetch } from '../support/native/fetch';
import { PASSWORD } from '../support/system';

const NEW_PASSWORD = 'a brand-new battery staple';

/** Names of secret fields in the log, in requests and in responses. */
const SECRET_IN_REQUEST = /password|token|secret|code|authorization|cookie/i;
const SECRET_IN_ANSWER = /password|token$|secret|backupCodes|totpURI|set-cookie|set-auth/i;

let stage: OAuthStage;

beforeAll(async () => {
  stage = await OAuthStage.on(await InProcessSystem.start());
});

afterAll(() => stage.system.stop());

/** Every value on the wire under a secret name. */
class Harvest {
  readonly secrets = new Set<string>();
  private readonly fetch = globalThis.fetch;

  begin(): void {
    replaceFetch(async (input, init) => {
      this.take(Object.fromEntries(new Headers(init?.headers)), SECRET_IN_REQUEST);
      if (init?.body instanceof URLSearchParams) {
        this.take(Object.fromEntries(init.body), SECRET_IN_REQUEST);
      } else if (typeof init?.body === 'string') this.take(parse(init.body), SECRET_IN_REQUEST);
      const response = await this.fetch(input, init);
      this.take(Object.fromEntries(response.headers), SECRET_IN_ANSWER);
      this.take(parse(await response.clone().text()), SECRET_IN_ANSWER);
      return response;
    });
  }

  end(): void {
    replaceFetch(this.fetch);
  }

  private take(value: unknown, isSecret: RegExp, isInside = false): void {
    if (typeof value === 'string' && isInside) {
      this.secrets.add(value);
      // A header contains the secret within other text.
      for (const part of value.split(/[\s;=,]+/)) if (part.length > 24) this.secrets.add(part);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        this.take(inner, isSecret, isInside || isSecret.test(name));
      }
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

it('contains no secret after the use of every kind of secret', async () => {
  const { system, admin } = stage;
  const harvest = new Harvest();
  harvest.begin();
  try {
    await useSecrets();
  } finally {
    harvest.end();
  }
  const [{ text, count }] = (await system.query<{ text: string; count: number }>(
    `SELECT string_agg(audit_event::text, E'\\n') AS text, count(*)::int AS count FROM audit_event`,
  )) as [{ text: string; count: number }];
  expect(count).toBeGreaterThan(25);
  expect(text).toContain(admin.id);
  const secrets = [...harvest.secrets].filter((secret) => secret.length > 8);
  expect(secrets).toEqual(expect.arrayContaining([PASSWORD, NEW_PASSWORD]));
  expect(secrets.length).toBeGreaterThan(40);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  // JSON Web Tokens and password hashes of every origin.
  expect(text).not.toMatch(/eyJ[\w-]{10,}|\$argon2|\$scrypt|[0-9a-f]{32}:[0-9a-f]{64}/);
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
  await post('/two-factor/verify-totp', { code: app.code() });
  const first = await call('/sign-in/email', {
    body: { email: ann.email, password: NEW_PASSWORD },
  });
  const cookie = first.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  await call('/two-factor/verify-totp', { cookie, body: { code: app.wrongCode() } });
  await call('/two-factor/verify-backup-code', { cookie, body: { code: backupCodes[0] } });
  await administrate(ann.id);
  await authorize();
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
  await stage.ask({ token, client_id: client.clientId }, { endpoint: 'revoke' });
  await stage.ask({ token: access, client_id: client.clientId }, { endpoint: 'revoke' });
}
