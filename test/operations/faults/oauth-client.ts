import { randomBytes, createHash } from 'node:crypto';
import { type Call, measure, type Outcome, send } from './http-call';
import { CALLBACK_URL } from '../../support/client/oauth-tokens';
import { createBrowserFetch } from '../../support/client/cookie-jar';

interface OAuthUser {
  authUrl: string;
  clientId: string;
  email: string;
  password: string;
}

/** A public OAuth client with the browser of one user, which has consented. */
export class OAuthClient {
  private refreshToken: string | null = null;

  private constructor(
    private readonly user: OAuthUser,
    private readonly browser: typeof fetch,
  ) {}

  /** Signs the user in and consents. */
  static async signedIn(user: OAuthUser): Promise<OAuthClient> {
    const browser = createBrowserFetch(user.authUrl);
    const client = new OAuthClient(user, browser);
    const { email, password } = user;
    await client.post('sign-in/email', { email, password });
    const answer = await measure('consent', client.authorization(createVerifier()));
    const page = new URL(answer.location ?? '', user.authUrl);
    await client.post('oauth2/consent', { accept: true, oauth_query: page.search.slice(1) });
    return client;
  }

  /** A new code and its exchange for tokens. */
  async exchangeCode(): Promise<Outcome[]> {
    const verifier = createVerifier();
    const authorized = await measure('OAuth authorization', this.authorization(verifier));
    const code = codeOf(authorized);
    if (code === null) return [asProblem(authorized)];
    const exchanged = await measure(
      'OAuth code',
      this.tokenCall({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: CALLBACK_URL,
      }),
    );
    this.refreshToken = refreshTokenOf(exchanged);
    return [authorized, exchanged];
  }

  /**
   * The next refresh of a grant, which needs the token of the last answer. Without one, the server
   * may have used the token: then a new code begins a new grant.
   */
  async refresh(): Promise<Outcome[]> {
    if (this.refreshToken === null) return this.exchangeCode();
    const form = { grant_type: 'refresh_token', refresh_token: this.refreshToken };
    const outcome = await measure('OAuth refresh', this.tokenCall(form));
    this.refreshToken = refreshTokenOf(outcome);
    return [outcome];
  }

  private authorization(verifier: string): Call {
    const url = new URL(`${this.user.authUrl}/api/auth/oauth2/authorize`);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.user.clientId,
      redirect_uri: CALLBACK_URL,
      scope: 'openid offline_access',
      state: 'state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    return { url: url.href, fetch: this.browser };
  }

  private tokenCall(form: Record<string, string>): Call {
    const url = `${this.user.authUrl}/api/auth/oauth2/token`;
    return { url, form: { ...form, client_id: this.user.clientId } };
  }

  private async post(path: string, body: object): Promise<void> {
    const url = `${this.user.authUrl}/api/auth/${path}`;
    const response = await send({ url, body, fetch: this.browser });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}

function createVerifier(): string {
  return randomBytes(32).toString('base64url');
}

function refreshTokenOf({ body }: Outcome): string | null {
  return typeof body.refresh_token === 'string' ? body.refresh_token : null;
}

function codeOf({ location }: Outcome): string | null {
  return location === null ? null : new URL(location, CALLBACK_URL).searchParams.get('code');
}

/** A redirect without a code is an error, which the client reads in the parameter `error`. */
function asProblem(outcome: Outcome): Outcome {
  if (outcome.location === null) return outcome;
  const target = new URL(outcome.location, CALLBACK_URL);
  const code = target.searchParams.get('error') ?? target.pathname;
  return { ...outcome, status: code === 'temporarily_unavailable' ? 503 : 400, code };
}
