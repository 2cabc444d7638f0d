import { createEmailVerificationToken } from 'better-auth/api';
import { renewSecrets } from '../../../auth-server/secret-renewal';
import type { SignedIn } from '../../../src/auth-proxy/auth.schemas';
import type { TwoFactorRequired } from '../../../src/auth-proxy/second-step.schemas';
import { enrolUser, type Enrolment } from '../../second-factor/enrolment';
import { Caller, type Answer } from '../../support/caller';
import { settingsAs } from '../../support/servers/database-logins';
import { confirmLink } from '../../support/client/mailed-links';
import { expectProblem } from '../../support/problems';
import { PASSWORD, type SignedInUser, System } from '../../support/system';
import { OAuthStage } from '../../oauth/stage';
import { PUSH } from '../../shared-signals/push-target';
import { Receiver } from '../../shared-signals/receiver';

const FIRST = 'the first secret: 0123456789 abcdefghijk';
const SECOND = 'the second secret: 9876543210 zyxwvutsrq';
const THIRD = 'the third secret: 5678901234 lmnopqrstuv';

const REFRESH = '/api/v1/auth/refresh';
const NEW_USER = { email: 'repeated@example.com', name: 'Repeated' };

let system: System;
let admin: SignedInUser;
let ada: SignedInUser;
let bob: SignedInUser;
let factor: Enrolment;
let cookie: string;
let trusted: string;
let link: string;
let cursor: string;
let kids: string[];
let created: Answer;

/** Restarts the auth server with versions of the secret, the current one first. */
async function restartWith(versions: Record<number, string>): Promise<void> {
  const entries = Object.entries(versions).map(([version, value]) => ({
    version: Number(version),
    value,
  }));
  // The highest number is the newest.
  const [current] = entries.reverse();
  await system.stopAuthServer();
  Object.assign(system.settings, {
    betterAuthSecret: current!.value,
    secretVersions: { versions: entries, unversioned: entries.at(-1)!.value },
  });
  await system.startAuthServer();
}

const refresh = (refreshToken: string) =>
  system.asAnonymous().post<SignedIn>(REFRESH, { refreshToken });

async function takeSecondStep(email: string, code: string): Promise<Answer<SignedIn>> {
  const { body } = await system
    .asAnonymous()
    .post<TwoFactorRequired>('/api/v1/auth/sign-in', { email, password: PASSWORD });
  const step = { challenge: body.challenge, code };
  return system.asAnonymous().post<SignedIn>('/api/v1/auth/two-factor', step);
}

/** A request of a browser to an endpoint of the auth server. */
function browse(path: string, body: object, cookies = ''): Promise<Answer<object>> {
  const { authUrl } = system.settings;
  const headers = { origin: authUrl, ...(cookies && { cookie: cookies }) };
  return new Caller(`${authUrl}/api/auth`).post(path, body, headers);
}

function cookiesOf({ headers }: Answer<object>, name = ''): string {
  const cookies = headers.getSetCookie().map((line) => line.split(';')[0]!);
  return cookies.filter((text) => text.includes(name)).join('; ');
}

const signInBy = (email: string, cookies?: string) =>
  browse('/sign-in/email', { email, password: PASSWORD }, cookies);

const signInWithCookie = async (email: string) => cookiesOf(await signInBy(email));

/** @returns the cookie of the device, which the second step of a sign-in has made a trusted one. */
async function trustDevice(email: string, code: string): Promise<string> {
  const first = cookiesOf(await signInBy(email));
  const step = { code, trustDevice: true };
  return cookiesOf(await browse('/two-factor/verify-backup-code', step, first), 'trust_device');
}

const readSession = (given: string) =>
  new Caller(system.settings.authUrl).get<{ user: { email: string } } | null>(
    '/api/auth/get-session',
    { cookie: given },
  );

async function listKids(): Promise<string[]> {
  const { body } = await new Caller(system.settings.authUrl).get<{ keys: { kid: string }[] }>(
    '/api/auth/jwks',
  );
  return body.keys.map(({ kid }) => kid);
}

async function renew(): Promise<string[]> {
  const lines: string[] = [];
  const config = settingsAs('authServer', system.settings);
  await renewSecrets({ config, print: (line) => lines.push(line) });
  return lines;
}

async function createStream(): Promise<void> {
  const receiver = await Receiver.on(await OAuthStage.on(system));
  const endpoint = { method: PUSH, endpoint_url: 'https://events.example.com/' };
  await receiver.createStream({ delivery: { ...endpoint, authorization_header: 'Bearer secret' } });
}

const createRepeated = () =>
  admin.caller.post('/api/v1/admin/users', NEW_USER, { 'idempotency-key': 'rotation-1' });

const listOne = (after = '') =>
  admin.caller.get<{ items: { id: string }[]; nextCursor: string }>(
    `/api/v1/admin/users?limit=1${after && `&cursor=${encodeURIComponent(after)}`}`,
  );

beforeAll(async () => {
  system = await System.start({ env: { BETTER_AUTH_SECRET: FIRST } });
  admin = await system.asAdmin();
  ada = await system.asUser();
  factor = await enrolUser(system, ada);
  bob = await system.asUser();
  cookie = await signInWithCookie(bob.email);
  trusted = await trustDevice(ada.email, factor.recoveryCodes[8]!);
  const token = await createEmailVerificationToken(FIRST, bob.email);
  link = `${system.settings.authUrl}/verify-email?token=${token}`;
  cursor = (await listOne()).body.nextCursor;
  created = await createRepeated();
  kids = await listKids();
  await createStream();
  await restartWith({ 1: FIRST, 2: SECOND });
});
afterAll(() => system.stop());

describe('with the former secret as a further version', () => {
  it('access tokens, cursors and idempotency keys stay valid', async () => {
    expect((await admin.caller.get('/api/v1/users/me')).status).toBe(200);
    expect((await listOne(cursor)).status).toBe(200);
    const repeated = await createRepeated();
    expect(repeated).toMatchObject({ status: 201, body: created.body });
  });

  it('a refresh token stays valid and is replaced by one of the current secret', async () => {
    const answer = await refresh(factor.refreshToken);
    expect(answer.status).toBe(200);
    expect(answer.body.refreshToken).not.toBe(factor.refreshToken);
    expect((await refresh(answer.body.refreshToken)).status).toBe(200);
    factor.refreshToken = answer.body.refreshToken;
  });

  it('a session cookie stays valid', async () => {
    expect((await readSession(cookie)).body?.user.email).toBe(bob.email);
  });

  it('a signature of an unlisted secret does not become valid', async () => {
    const forged = cookie.replace(
      /(session_token=)([^;]*)/,
      (_all, name: string, value: string) => {
        const [text] = decodeURIComponent(value).split('.');
        return `${name}${text}.${'A'.repeat(43)}%3D`;
      },
    );
    expect(forged).not.toBe(cookie);
    expect((await readSession(forged)).body).toBeNull();
    const [text] = factor.refreshToken.split('.');
    const refused = await refresh(`${text}.${'A'.repeat(43)}=`);
    expectProblem(refused, 'invalid_refresh_token');
  });

  it('the signing key keeps signing', async () => {
    const { accessToken } = await system.signIn({ email: bob.email, password: PASSWORD });
    const header = Buffer.from(accessToken.split('.')[0]!, 'base64url').toString();
    expect(kids).toContain((JSON.parse(header) as { kid: string }).kid);
    expect(await listKids()).toEqual(kids);
  });

  it('codes of the app and recovery codes sign in', async () => {
    expect((await takeSecondStep(ada.email, factor.app.code(1))).status).toBe(200);
    expect((await takeSecondStep(ada.email, factor.recoveryCodes[0]!)).status).toBe(200);
  });

  it('a trusted device asks for a code once', async () => {
    expect((await signInBy(ada.email, trusted)).body).toHaveProperty('twoFactorRedirect', true);
    const again = await trustDevice(ada.email, factor.recoveryCodes[9]!);
    const { status, body } = await signInBy(ada.email, again);
    expect([status, body]).toEqual([200, expect.not.objectContaining({ twoFactorRedirect: true })]);
  });

  it('a known browser stays known', async () => {
    const device = cookie.split('; ').find((text) => text.includes('known_device'));
    const { headers } = await signInBy(bob.email, device);
    expect(headers.get('ratelimit-policy')).toMatch(/^"sign-in-device"/);
  });

  it('the link of a mail still works', async () => {
    expect((await confirmLink(link)).status).toBe(303);
    const me = await new Caller(system.apiUrl, bob.accessToken).get('/api/v1/users/me');
    expect(me.body).toMatchObject({ emailVerified: true });
  });
});

describe('after `npm run secrets:renew`', () => {
  it('all stored data names the current version', async () => {
    expect(await renew()).toEqual([
      'second factors: 1 encrypted with the current secret, 0 unreadable',
      `signing keys: ${kids.length} encrypted with the current secret, 0 unreadable`,
      'event streams: 1 encrypted with the current secret, 0 unreadable',
    ]);
    const rows = await system.query<{ text: string }>(
      'SELECT secret AS text FROM two_factor UNION ALL SELECT backup_codes FROM two_factor ' +
        `UNION ALL SELECT private_key::jsonb #>> '{}' FROM jwks UNION ALL SELECT "authorization" FROM event_stream`,
    );
    expect(rows.filter(({ text }) => !text.startsWith('$ba$2$'))).toEqual([]);
    expect(rows).toHaveLength(3 + kids.length);
  });

  it('a second run changes no second factor and tells no change of credentials', async () => {
    const read = () =>
      system.query(`SELECT (SELECT array_agg(xmin::text ORDER BY id) FROM two_factor) AS rows,
        (SELECT count(*) FROM access_event WHERE kind = 'credentials-changed') AS events`);
    const before = await read();
    expect((await renew())[0]).toBe(
      'second factors: 1 encrypted with the current secret, 0 unreadable',
    );
    expect(await read()).toEqual(before);
  });

  it('the former version can be removed', async () => {
    await restartWith({ 2: SECOND });
    expect((await takeSecondStep(ada.email, factor.recoveryCodes[1]!)).status).toBe(200);
    expect((await refresh(factor.refreshToken)).status).toBe(200);
    expect(await listKids()).toEqual(kids);
  });

  it('a refresh token of the removed version is refused', async () => {
    expectProblem(await refresh(bob.refreshToken), 'invalid_refresh_token');
    expect((await readSession(cookie)).body).toBeNull();
  });
});

describe('without the version of the stored data', () => {
  beforeAll(() => restartWith({ 3: THIRD }));

  it('the second step is answered with a problem that names the cause, and counts nothing', async () => {
    for (const code of [factor.app.code(1), factor.recoveryCodes[2]!]) {
      const answer = await takeSecondStep(ada.email, code);
      expectProblem(answer, 'second_factor_unavailable');
      expect(answer.headers.get('retry-after')).toBe('60');
    }
    await restartWith({ 2: SECOND, 3: THIRD });
    expect((await takeSecondStep(ada.email, factor.recoveryCodes[2]!)).status).toBe(200);
  });

  it('`npm run secrets:renew` changes nothing and fails', async () => {
    await restartWith({ 3: THIRD });
    await expect(renew()).rejects.toThrow('a secret that is not listed');
    const [row] = await system.query<{ secret: string }>('SELECT secret FROM two_factor');
    expect(row!.secret).toMatch(/^\$ba\$2\$/);
  });

  it('new tokens are signed by a key of the current secret', async () => {
    const user = await system.asUser();
    expect((await user.caller.get('/api/v1/users/me')).status).toBe(200);
  });
});
