import { createHash, randomBytes } from 'node:crypto';
import { createBrowserFetch } from './cookie-jar';

/** Where the auth server sends the code. Nothing listens there: the code is in the redirect. */
export const CALLBACK_URL = 'https://client.example.com/callback';

export interface TokenResponse {
  access_token: string;
  refresh_token?: string;
  scope: string;
}

export interface UserGrant {
  authUrl: string;
  clientId: string;
  email: string;
  password: string;
  scopes: readonly string[];
}

/** Authorization code flow with PKCE: the user signs in, and consents when asked. */
export async function obtainUserToken(grant: UserGrant): Promise<TokenResponse> {
  const verifier = randomBytes(32).toString('base64url');
  const callback = await authorize(grant, verifier);
  const code = callback.searchParams.get('code');
  if (code === null) throw new Error(`no code: ${callback.href}`);
  return askForToken(grant.authUrl, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: CALLBACK_URL,
    client_id: grant.clientId,
  });
}

/** Client credentials (RFC 6749, section 4.4). */
export function obtainServiceAccountToken(
  authUrl: string,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<TokenResponse> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const headers = { authorization: `Basic ${basic}` };
  return askForToken(authUrl, { grant_type: 'client_credentials' }, headers);
}

async function authorize(grant: UserGrant, verifier: string): Promise<URL> {
  const { authUrl, email, password } = grant;
  const browser = createBrowserFetch(authUrl);
  const post = (path: string, body: object) =>
    browser(`${authUrl}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const signedIn = await post('/sign-in/email', { email, password });
  if (!signedIn.ok) throw new Error(`sign-in: ${await signedIn.text()}`);
  const answer = await browser(authorizationUrl(grant, verifier), { redirect: 'manual' });
  const next = await readTarget(answer);
  if (next.pathname !== '/consent' || next.origin !== authUrl) return next;
  const body = { accept: true, oauth_query: next.search.slice(1) };
  return readTarget(await post('/oauth2/consent', body));
}

/** A browser gets a redirect, and a script the URL. */
async function readTarget(response: Response): Promise<URL> {
  const location = response.headers.get('location');
  if (location !== null) return new URL(location);
  const text = await response.text();
  const { url } = JSON.parse(text) as { url?: string };
  if (url === undefined) throw new Error(`no redirect: ${response.status} ${text}`);
  return new URL(url);
}

function authorizationUrl({ authUrl, clientId, scopes }: UserGrant, verifier: string): URL {
  const url = new URL(`${authUrl}/api/auth/oauth2/authorize`);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK_URL,
    scope: scopes.join(' '),
    state: 'state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

async function askForToken(
  authUrl: string,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenResponse> {
  const response = await fetch(`${authUrl}/api/auth/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    headers,
  });
  if (!response.ok) throw new Error(`token: ${await response.text()}`);
  return (await response.json()) as TokenResponse;
}
