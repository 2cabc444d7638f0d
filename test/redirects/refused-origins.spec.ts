import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';
import { OAuthStage } from '../oauth/stage';

const TRUSTED = 'https://app.example.com';

let stage: OAuthStage;
const log: string[] = [];

beforeAll(async () => {
  const env = { TRUSTED_ORIGINS: TRUSTED };
  stage = await OAuthStage.on(await InProcessSystem.start({ env, log }));
});
afterAll(() => stage.system.stop());

function warnings(): { process: string; msg: string }[] {
  return log
    .map((line) => JSON.parse(line) as { level: number; process: string; msg: string })
    .filter(({ msg }) => msg.includes('TRUSTED_ORIGINS'));
}

const PREFLIGHT = { 'access-control-request-method': 'POST' };

describe('the log', () => {
  it.each([
    [
      'the auth server',
      'auth',
      'OPTIONS',
      '/api/auth/sign-in/email',
      () => stage.system.settings.authUrl,
    ],
    [
      'the auth server, through the API',
      'auth',
      'GET',
      '/api/auth/get-session',
      () => stage.system.apiUrl,
    ],
    ['the API', 'api', 'OPTIONS', '/api/auth/sign-in/email', () => stage.system.apiUrl],
    ['the API, without a preflight', 'api', 'GET', '/api/v1/users/me', () => stage.system.apiUrl],
  ])('of %s names a refused origin once', async (what, process, method, path, base) => {
    const origin = `https://${what.replaceAll(/[^a-z]/gi, '-').toLowerCase()}.example`;
    const headers = { origin, ...(method === 'OPTIONS' && PREFLIGHT) };
    const lines = () => warnings().filter(({ msg }) => msg.includes(origin));
    await fetch(base() + path, { method, headers });
    await eventually(() => expect(lines()).toHaveLength(1));
    await fetch(base() + path, { method, headers });
    expect(lines()).toEqual([expect.objectContaining({ process })]);
  });

  it('names no origin that is trusted, or that reads what every origin may read', async () => {
    const before = warnings();
    const origin = 'https://reader.example';
    for (const base of [stage.system.apiUrl, stage.system.settings.authUrl]) {
      await fetch(`${base}/.well-known/openid-configuration`, { headers: { origin } });
      await fetch(`${base}/api/auth/jwks`, { headers: { origin } });
      await fetch(`${base}/api/auth/get-session`, { headers: { origin: TRUSTED } });
      await fetch(`${base}/`, { headers: { origin: base } });
    }
    expect(warnings()).toEqual(before);
  });
});

describe('an authorization request from a page that is not trusted', () => {
  async function authorize(type: 'public' | 'confidential', page: string, referer: string) {
    const redirectUri = `${page}/callback`;
    const client = await stage.register({ type, name: 'Shop', redirectUris: [redirectUri] });
    const url = stage.authorization(client.clientId, { verifier: '', challenge: 'a'.repeat(43) });
    url.searchParams.set('redirect_uri', redirectUri);
    return fetch(url, { headers: { referer }, redirect: 'manual' });
  }

  it('is answered, and the log names the client before anyone signs in', async () => {
    const page = 'http://localhost:4173';
    const answer = await authorize('public', page, `${page}/`);
    expect(answer.headers.get('location')).toContain('/sign-in?');
    await eventually(() =>
      expect(warnings().map(({ msg }) => msg)).toContain(
        `the client "Shop" signs users in from pages of ${page}, which is not in TRUSTED_ORIGINS: ` +
          'the browser will refuse its token request',
      ),
    );
  });

  it.each([
    ['a confidential client', 'confidential', 'https://server.example', 'https://server.example/'],
    ['a native app', 'public', 'http://127.0.0.1:5000', ''],
    ['a link on another page', 'public', 'https://target.example', 'https://blog.example/'],
    ['a trusted page', 'public', TRUSTED, `${TRUSTED}/`],
  ] as const)('is not named for %s', async (_what, type, page, referer) => {
    const before = warnings();
    await authorize(type, page, referer);
    // A later request that is named shows that this one was not.
    const next = `https://after-${before.length}-${page.replaceAll(/\W/g, '')}.example`;
    await authorize('public', next, `${next}/`);
    await eventually(() => expect(warnings().length).toBeGreaterThan(before.length));
    expect(
      warnings()
        .slice(before.length)
        .map(({ msg }) => msg),
    ).toEqual([expect.stringContaining(next)]);
  });
});
