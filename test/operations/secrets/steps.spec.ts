import { renewSecrets } from '../../../auth-server/secret-renewal';
import type { Settings } from '../../../runtime/settings/load';
import { makePkce, OAuthStage } from '../../oauth/stage';
import { AuthenticatorApp } from '../../second-factor/authenticator-app';
import { PUSH } from '../../shared-signals/push-target';
import { Receiver } from '../../shared-signals/receiver';
import { createBrowserFetch } from '../../support/client/cookie-jar';
import { confirmLink } from '../../support/client/mailed-links';
import { loadSettings } from '../../support/native/settings';
import { PASSWORD, System } from '../../support/system';
import { type AuthServerReplica, kidOf, startAuthServer } from '../../token/cluster';

const ONE = 'the first secret: 0123456789 abcdefghijk';
const TWO = 'the second secret: 9876543210 zyxwvutsrq';
const THREE = 'the third secret: 5678901234 lmnopqrstuv';

/** Of docs/operations/secrets.md, in the order of a first rotation, and the begin of the next one. */
const STEPS = {
  'one secret': { BETTER_AUTH_SECRET: ONE },
  'step 1': { BETTER_AUTH_SECRETS: `1:${ONE},2:${TWO}` },
  'step 2': { BETTER_AUTH_SECRETS: `2:${TWO},1:${ONE}` },
  'step 4': { BETTER_AUTH_SECRETS: `2:${TWO}` },
  'the next step 1': { BETTER_AUTH_SECRETS: `2:${TWO},3:${THREE}` },
};

type Step = keyof typeof STEPS;

const NAMES = Object.keys(STEPS) as Step[];
/** While the auth servers restart one by one, some have the settings of the step before. */
const PAIRS = NAMES.slice(1).map((step, index) => [NAMES[index]!, step] as const);

const NEW_CODES = '/two-factor/generate-backup-codes';

let system: System;
let stage: OAuthStage;
let receiver: Receiver;
let clientId: string;
let count = 0;

beforeAll(async () => {
  system = await System.start({ env: STEPS['one secret'] });
  stage = await OAuthStage.on(system);
  receiver = await Receiver.on(stage);
  ({ clientId } = await stage.register({ type: 'public' }));
  // It would create a key of its own when it has not the secret of the others.
  await system.stopAuthServer();
});

afterAll(() => system.stop());

function settingsOf(step: Step): Settings {
  const env = { NODE_ENV: 'test', DATABASE_URL: system.settings.databaseUrl, ...STEPS[step] };
  const { betterAuthSecret, secretVersions } = loadSettings(env, 'auth');
  return { ...system.settings, betterAuthSecret, secretVersions };
}

async function renewWith(step: Step): Promise<string> {
  const lines: string[] = [];
  await renewSecrets({ config: settingsOf(step), print: (line) => lines.push(line) });
  return lines.join();
}

/**
 * The version of each row of encrypted data. Jobs write other columns of streams: there it is the
 * text, because each encryption is another one.
 */
const readVersions = () =>
  system.query(`
    SELECT id, xmin::text FROM two_factor UNION ALL SELECT id, xmin::text FROM jwks
    UNION ALL SELECT id, "authorization" FROM event_stream ORDER BY 1, 2`);

/** A browser whose requests go to several auth servers, as behind a load balancer. */
class Visitor {
  private readonly fetch = createBrowserFetch(system.settings.authUrl);

  async post(url: string, path: string, body: object) {
    const response = await this.fetch(`${url}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async get(url: string, path: string) {
    const response = await this.fetch(url + path, { redirect: 'manual' });
    const text = await response.text();
    return { text, location: response.headers.get('location') ?? urlIn(text) };
  }

  /** A new user with a session. */
  async signUp(url: string): Promise<string> {
    count += 1;
    const email = `user-${count}@example.com`;
    await this.post(url, '/sign-up/email', { email, password: PASSWORD, name: 'Ada' });
    return email;
  }

  signIn(url: string, email: string) {
    return this.post(url, '/sign-in/email', { email, password: PASSWORD });
  }

  async session(url: string) {
    const { text } = await this.get(url, '/api/auth/get-session');
    return JSON.parse(text) as { user: { email: string; emailVerified: boolean } } | null;
  }
}

/** Better-Auth sends a script the URL, and a browser a redirect. */
function urlIn(text: string): string | null {
  const found = /^\{"redirect":true,"url":(".*")\}$/.exec(text)?.[1];
  return found === undefined ? null : (JSON.parse(found) as string);
}

interface SignIn {
  email: string;
  code: string;
  /** URLs of the auth servers of both steps. */
  first: string;
  second: string;
}

async function takeSteps({ email, code, first, second }: SignIn) {
  const visitor = new Visitor();
  await visitor.signIn(first, email);
  const kind = /^\d{6}$/.test(code) ? 'totp' : 'backup-code';
  return visitor.post(second, `/two-factor/verify-${kind}`, { code });
}

/** An auth server begins, another one continues. */
interface Way {
  one: string;
  other: string;
  otherStep: Step;
}

async function createStream(url: string): Promise<void> {
  const endpoint = { method: PUSH, endpoint_url: 'https://events.example.com/' };
  const response = await fetch(`${url}/api/auth/ssf/stream`, {
    method: 'POST',
    headers: { authorization: `Bearer ${receiver.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ delivery: { ...endpoint, authorization_header: 'Bearer secret' } }),
  });
  if (response.status !== 201) throw new Error(await response.text());
}

/** @returns the link of the newest mail that an auth server has kept for the address. */
async function readLink(url: string, email: string): Promise<URL> {
  const answer = await fetch(`${url}/dev/mailbox`, { headers: { accept: 'application/json' } });
  const { items } = (await answer.json()) as { items: { to: string; text: string }[] };
  return new URL(/https?:\S+/.exec(items.find(({ to }) => to === email)!.text)![0]);
}

describe.each(PAIRS)('auth servers with the settings of "%s" and of "%s"', (before, after) => {
  let former: AuthServerReplica;
  let later: AuthServerReplica;
  let visitor: Visitor;

  beforeAll(async () => {
    if (after === 'step 4') await renewWith(before);
    former = await startAuthServer(settingsOf(before));
    later = await startAuthServer(settingsOf(after));
  });
  beforeEach(() => {
    visitor = new Visitor();
  });
  afterAll(async () => {
    await former.stop();
    await later.stop();
  });

  const bothWays: [string, () => Way][] = [
    [
      'the first begins and the second continues',
      () => ({ one: former.url, other: later.url, otherStep: after }),
    ],
    [
      'the second begins and the first continues',
      () => ({ one: later.url, other: former.url, otherStep: before }),
    ],
  ];

  describe.each(bothWays)('%s', (_name, toWay) => {
    it('a second factor', async () => {
      const { one, other } = toWay();
      const email = await visitor.signUp(one);
      const body = await visitor.post(one, '/two-factor/enable', { password: PASSWORD });
      const app = new AuthenticatorApp(body.totpURI as string);
      const codes = body.backupCodes as string[];
      await visitor.post(other, '/two-factor/verify-totp', { code: app.code() });
      const signIns = [
        { code: codes[0]!, first: one, second: other },
        { code: codes[1]!, first: other, second: one },
        { code: app.code(1), first: one, second: other },
      ];
      for (const signIn of signIns) {
        expect(await takeSteps({ email, ...signIn })).toHaveProperty('token');
      }
      const { backupCodes } = await visitor.post(one, NEW_CODES, { password: PASSWORD });
      const [code] = backupCodes as string[];
      const last = { email, code: code!, first: one, second: other };
      expect(await takeSteps(last)).toHaveProperty('token');
    });

    it('a session', async () => {
      const { one, other } = toWay();
      const email = await visitor.signUp(one);
      expect(await visitor.session(other)).toMatchObject({ user: { email } });
    });

    it('an authorization request', async () => {
      const { one, other } = toWay();
      await visitor.signUp(one);
      const { pathname, search } = stage.authorization(clientId, makePkce());
      const page = new URL((await visitor.get(one, pathname + search)).location!);
      expect(page.pathname).toBe('/consent');
      const { text } = await visitor.get(other, page.pathname + page.search);
      expect(text).toContain('A client');
      const consent = { accept: true, oauth_query: page.search.slice(1) };
      const { url } = await visitor.post(other, '/oauth2/consent', consent);
      expect(new URL(url as string).searchParams.get('code')).toBeTruthy();
    });

    it('the verification of an e-mail address', async () => {
      const { one, other } = toWay();
      const email = await visitor.signUp(one);
      await visitor.post(one, '/send-verification-email', { email });
      const { pathname, search } = await readLink(one, email);
      const origin = system.settings.authUrl;
      expect((await confirmLink(other + pathname + search, { origin })).status).toBe(303);
      expect((await visitor.session(one))!.user.emailVerified).toBe(true);
    });

    it('stored data', async () => {
      const { one, otherStep } = toWay();
      await system.query('DELETE FROM event_stream');
      await createStream(one);
      expect(await renewWith(otherStep)).toMatch(
        /factors: \d+ encrypted with the current secret, 0 .* keys: .*, 0 .* streams: \d+ .*, 0 unr/,
      );
    });

    it('a second renewal, which changes no row', async () => {
      const { one, otherStep } = toWay();
      await visitor.signUp(one);
      await visitor.post(one, '/two-factor/enable', { password: PASSWORD });
      const first = await renewWith(otherStep);
      const versions = await readVersions();
      expect([await renewWith(otherStep), await readVersions()]).toEqual([first, versions]);
    });
  });

  it('both sign with the same key', async () => {
    await visitor.signUp(former.url);
    const urls = [former.url, later.url];
    const answers = await Promise.all(urls.map((url) => visitor.get(url, '/api/auth/token')));
    const tokens = answers.map(({ text }) => (JSON.parse(text) as { token: string }).token);
    expect(kidOf(tokens[0]!)).toBe(kidOf(tokens[1]!));
  });
});
