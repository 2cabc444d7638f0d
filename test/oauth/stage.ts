import { createHash, randomBytes } from 'node:crypto';
import type { Client, CreateClient, NewClient } from '../../src/admin/clients/clients.schemas';
import { Browser } from './browser';
import type { Caller } from '../support/caller';
import { type SignedInUser, System, type SystemOptions } from '../support/system';

export const REDIRECT_URI = 'https://app.example.com/callback';

export type Parameters = Record<string, string | undefined>;

/** Payload of a token, not verified, because the test knows its origin. */
export type Payload = Record<string, unknown> & { sub: string; sid: string; aud: string[] };

/** The response of the token endpoint. */
export interface TokenAnswer {
  status: number;
  body: {
    access_token: string;
    refresh_token: string;
    id_token: string;
    scope: string;
    expires_in: number;
    token_type: string;
    error?: string;
    error_description?: string;
  };
  headers: Headers;
}

/** A system with an administrator, and the requests of OAuth clients. */
interface Asking {
  secretOf?: NewClient;
  endpoint?: string;
  /** Of another auth server on the same database. */
  base?: string;
}

export class OAuthStage {
  private constructor(
    readonly system: System,
    readonly admin: SignedInUser,
  ) {}

  static async start(options: SystemOptions = {}): Promise<OAuthStage> {
    return OAuthStage.on(await System.start(options));
  }

  static async on(system: System): Promise<OAuthStage> {
    return new OAuthStage(system, await system.asAdmin());
  }

  get issuer(): string {
    return this.system.settings.jwtIssuer;
  }

  get audience(): string {
    return this.system.settings.jwtAudience;
  }

  /** For the auth server's endpoints. */
  get base(): string {
    return `${this.system.settings.authUrl}/api/auth/oauth2`;
  }

  get clients(): Caller {
    return this.admin.caller;
  }

  async register(given: Partial<CreateClient> & Pick<CreateClient, 'type'>): Promise<NewClient> {
    const isServiceAccount = given.type === 'machine';
    const body = {
      name: 'A client',
      ...(isServiceAccount ? { scopes: ['users:read'] } : { redirectUris: [REDIRECT_URI] }),
      ...given,
    };
    const answer = await this.clients.post<NewClient>('/api/v1/admin/clients', body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  async change(clientId: string, body: object): Promise<Client> {
    const answer = await this.clients.patch<Client>(`/api/v1/admin/clients/${clientId}`, body);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  /** A new user, with a browser that has a session. */
  async user(): Promise<{ user: SignedInUser; browser: Browser }> {
    const user = await this.system.asUser();
    return { user, browser: await Browser.signedIn(this.system, user.email) };
  }

  /** A whole authorization request; `undefined` omits a parameter. */
  authorization(clientId: string, pkce: Pkce, changes: Parameters = {}): URL {
    return this.at('authorize', {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: REDIRECT_URI,
      scope: 'openid profile email offline_access',
      state: 'the state',
      nonce: 'the nonce',
      code_challenge: pkce.challenge,
      code_challenge_method: 'S256',
      ...changes,
    });
  }

  at(endpoint: string, parameters: Parameters = {}): URL {
    const url = new URL(`${this.base}/${endpoint}`);
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return url;
  }

  /** Calls the token endpoint, or another endpoint for clients. */
  async ask(
    parameters: Parameters,
    { secretOf, endpoint = 'token', base = this.base }: Asking = {},
  ): Promise<TokenAnswer> {
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    const response = await fetch(`${base}/${endpoint}`, {
      method: 'POST',
      body: new URLSearchParams(given as [string, string][]),
      headers: secretOf ? { authorization: basic(secretOf) } : {},
    });
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as TokenAnswer['body'];
    return { status: response.status, body: body ?? {}, headers: response.headers };
  }

  /** A new code of a public client. */
  async code(client: Client, browser: Browser, changes: Parameters = {}): Promise<Code> {
    const pkce = makePkce();
    const callback = await browser.authorize(this.authorization(client.clientId, pkce, changes));
    const code = callback.searchParams.get('code');
    if (code === null) throw new Error(`no code: ${callback.href}`);
    return { code, verifier: pkce.verifier, callback };
  }

  exchange(client: NewClient, { code, verifier }: Code, changes: Parameters = {}) {
    return this.ask(
      {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: REDIRECT_URI,
        client_id: client.clientSecret === undefined ? client.clientId : undefined,
        ...changes,
      },
      { secretOf: client.clientSecret === undefined ? undefined : client },
    );
  }

  /** Tokens of a client that acts for the browser's user. */
  async tokens(client: NewClient, browser: Browser, changes: Parameters = {}) {
    const answer = await this.exchange(client, await this.code(client, browser, changes));
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  refresh(client: NewClient, refreshToken: string, changes: Parameters = {}) {
    return this.ask(
      {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: client.clientSecret === undefined ? client.clientId : undefined,
        ...changes,
      },
      { secretOf: client.clientSecret === undefined ? undefined : client },
    );
  }

  /** A token of a service account. */
  serviceAccountToken(client: NewClient, changes: Parameters = {}): Promise<TokenAnswer> {
    return this.ask({ grant_type: 'client_credentials', ...changes }, { secretOf: client });
  }
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export interface Code {
  code: string;
  verifier: string;
  /** The redirect target with the code. */
  callback: URL;
}

export function makePkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function payloadOf(token: string): Payload {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8')) as Payload;
}

/** RFC 6749, section 2.3.1. */
export function basic({ clientId, clientSecret }: { clientId: string; clientSecret?: string }) {
  const text = [clientId, clientSecret ?? ''].map(encodeURIComponent).join(':');
  return `Basic ${Buffer.from(text).toString('base64')}`;
}
