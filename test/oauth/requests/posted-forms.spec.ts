import type { NewClient } from '../../../src/admin/clients/clients.schemas';
import { makePkce, OAuthStage, REDIRECT_URI } from '../stage';
import { PASSWORD } from '../../support/system';

let stage: OAuthStage;
let client: NewClient;

beforeAll(async () => {
  stage = await OAuthStage.start();
  client = await stage.register({ type: 'confidential', firstParty: true });
});

afterAll(() => stage.system.stop());

/** The cookies of a browser with a session. */
async function cookiesOf(email: string): Promise<string> {
  const { authUrl } = stage.system.settings;
  const answer = await fetch(`${authUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: authUrl },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}

interface Form {
  cookie: string;
  origin: string | undefined;
}

/** Sends the parameters of a URL as a form. */
function submit(url: URL, { cookie, origin }: Form): Promise<Response> {
  return fetch(url.origin + url.pathname, {
    method: 'POST',
    headers: { cookie, ...(origin !== undefined && { origin }) },
    body: url.searchParams,
    redirect: 'manual',
  });
}

/** Better-Auth sends a script the URL, and a browser a redirect. */
async function targetOf(answer: Response): Promise<URL> {
  const location = answer.headers.get('location');
  const { url } =
    location === null ? ((await answer.json()) as { url: string }) : { url: location };
  return new URL(url);
}

// Of a page of the client on the same site, of one that hides its origin, of an older browser.
describe.each(['https://app.example.com', 'null', undefined])(
  'a form with the session cookie and the origin %j',
  (origin) => {
    it('authorizes and signs out, as a link does (OpenID Connect Core 1.0, section 3.1.2.1)', async () => {
      const { email } = await stage.system.asUser();
      const cookie = await cookiesOf(email);
      const pkce = makePkce();
      const request = stage.authorization(client.clientId, pkce);
      const callback = await targetOf(await submit(request, { cookie, origin }));
      expect(callback.href).toContain(REDIRECT_URI);
      const code = callback.searchParams.get('code')!;
      const { verifier } = pkce;
      const { body: tokens } = await stage.exchange(client, { code, verifier, callback });
      const signOut = stage.at('end-session', {
        id_token_hint: tokens.id_token,
        post_logout_redirect_uri: REDIRECT_URI,
      });
      const after = await targetOf(await submit(signOut, { cookie, origin }));
      expect(after.href).toBe(REDIRECT_URI);
      const refused = await stage.refresh(client, tokens.refresh_token);
      expect(refused.body.error).toBe('invalid_grant');
    });

    it('signs out when the URI to return to cannot be registered', async () => {
      const { email } = await stage.system.asUser();
      const cookie = await cookiesOf(email);
      const pkce = makePkce();
      const request = stage.authorization(client.clientId, pkce);
      const callback = await targetOf(await submit(request, { cookie, origin }));
      const code = callback.searchParams.get('code')!;
      const { body } = await stage.exchange(client, { code, verifier: pkce.verifier, callback });
      const signOut = stage.at('end-session', {
        id_token_hint: body.id_token,
        post_logout_redirect_uri: 'http://app.example.com/',
      });
      expect((await submit(signOut, { cookie, origin })).status).toBe(200);
      const refused = await stage.refresh(client, body.refresh_token);
      expect(refused.body.error).toBe('invalid_grant');
    });

    it('does not confirm a sign-out', async () => {
      const { email } = await stage.system.asUser();
      const cookie = await cookiesOf(email);
      const confirm = stage.at('end-session/confirm', { action: 'confirm' });
      expect((await submit(confirm, { cookie, origin })).status).toBe(403);
    });
  },
);
