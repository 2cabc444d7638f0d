import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { replaceFetch } from '../support/native/fetch';

/** An OpenID Connect provider that signs any claims of a test. */
export const FORGER = 'https://login.forger.example';

const CLIENT_ID = 'gatehouse';
const CLIENT_SECRET = 'the secret of the client';

/** Settings of a system that knows every provider behind the edge. */
export const EDGE_SETTINGS = {
  GOOGLE_CLIENT_ID: CLIENT_ID,
  GOOGLE_CLIENT_SECRET: CLIENT_SECRET,
  GITHUB_CLIENT_ID: CLIENT_ID,
  GITHUB_CLIENT_SECRET: CLIENT_SECRET,
  OIDC_ISSUER: FORGER,
  OIDC_CLIENT_ID: CLIENT_ID,
  OIDC_CLIENT_SECRET: CLIENT_SECRET,
};

const HOSTS = [
  'accounts.google.com',
  'oauth2.googleapis.com',
  'github.com',
  'api.github.com',
  new URL(FORGER).host,
];

/** A sign-in in progress, with the parameters of its authorization request. */
interface Pending {
  challenge: string | null;
  redirectUri: string | null;
  nonce: string | null;
}

type Handler = (request: Received) => object | null | Promise<object | null>;

interface Received {
  url: URL;
  form: URLSearchParams;
  authorization: string;
}

/**
 * Replaces the network: calls to the providers' real URLs arrive here, by HTTP, from every caller.
 * All other parts are the product's own.
 */
export class ProviderEdge {
  /** Claims of the next ID token, in addition to valid ones. */
  claims: JWTPayload = {};
  /** Signs the next ID token instead of the provider's key. */
  sign: (claims: JWTPayload) => Promise<string> = (claims) => this.signWith(claims);
  github: { user: object; emails: object[] } = { user: {}, emails: [] };
  /** URLs that accept calls and never respond. */
  readonly silent = new Set<string>();
  /** The calls to those. */
  ignored = 0;
  /** The time until the response of a URL, in milliseconds. */
  readonly delays = new Map<string, number>();
  /** URLs that begin a response and never end it. */
  readonly breakingOff = new Set<string>();
  /** The discovery document of the forged provider. */
  discovery: object = DISCOVERY;
  private readonly pending = new Map<string, Pending>();
  private readonly realFetch = globalThis.fetch;
  private readonly server: Server = createServer(
    (request, response) => void this.answer(request, response),
  );

  private constructor(
    readonly key: CryptoKey,
    private readonly publicKey: CryptoKey,
  ) {}

  static async start(): Promise<ProviderEdge> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const edge = new ProviderEdge(privateKey, publicKey);
    edge.server.listen(0, '127.0.0.1');
    await once(edge.server, 'listening');
    edge.divert();
    return edge;
  }

  async stop(): Promise<void> {
    replaceFetch(this.realFetch);
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  signWith(claims: JWTPayload, key: CryptoKey | Uint8Array = this.key, alg = 'RS256') {
    return new SignJWT(claims).setProtectedHeader({ alg, kid: 'one' }).sign(key);
  }

  private divert(): void {
    const { port } = this.server.address() as AddressInfo;
    replaceFetch((input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (!HOSTS.includes(url.host)) return this.realFetch(input, init);
      const here = `http://127.0.0.1:${port}/${url.host}${url.pathname}${url.search}`;
      return this.realFetch(input instanceof Request ? new Request(here, input) : here, init);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, host = '', ...path] = (request.url ?? '').split('/');
    const url = new URL(`https://${host}/${path.join('/')}`);
    if (this.silent.has(url.origin + url.pathname)) {
      this.ignored += 1;
      return;
    }
    if (url.pathname.endsWith('/authorize') || url.pathname.endsWith('/auth')) {
      response.writeHead(302, { location: this.authorize(url) }).end();
      return;
    }
    await setTimeout(this.delays.get(url.origin + url.pathname) ?? 0);
    const form = new URLSearchParams(await text(request));
    const authorization = request.headers.authorization ?? '';
    const body = await this.handlers()[url.origin + url.pathname]?.({ url, form, authorization });
    response.writeHead(body ? 200 : 400, { 'content-type': 'application/json' });
    if (this.breakingOff.has(url.origin + url.pathname)) {
      response.write('{"sub":');
      return;
    }
    response.end(JSON.stringify(body ?? { error: 'invalid_request' }));
  }

  private authorize({ searchParams }: URL): string {
    const code = `code-${this.pending.size}`;
    const redirectUri = searchParams.get('redirect_uri');
    this.pending.set(code, {
      challenge: searchParams.get('code_challenge'),
      redirectUri,
      nonce: searchParams.get('nonce'),
    });
    const location = new URL(redirectUri!);
    location.searchParams.set('code', code);
    location.searchParams.set('state', searchParams.get('state')!);
    return location.href;
  }

  private handlers(): Record<string, Handler> {
    return {
      'https://oauth2.googleapis.com/token': (received) =>
        this.exchange(received, { issuer: 'https://accounts.google.com' }),
      'https://github.com/login/oauth/access_token': (received) => this.exchange(received, {}),
      'https://api.github.com/user': (received) => this.mine(received, this.github.user),
      'https://api.github.com/user/emails': (received) => this.mine(received, this.github.emails),
      [`${FORGER}/.well-known/openid-configuration`]: () => this.discovery,
      [`${FORGER}/jwks`]: async () => ({
        keys: [{ ...(await exportJWK(this.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }],
      }),
      [`${FORGER}/token`]: (received) => this.exchange(received, { issuer: FORGER }),
    };
  }

  private mine({ authorization }: Received, answer: object): object | null {
    return authorization === 'Bearer an access token' ? answer : null;
  }

  /** A code is valid once, for a caller with the verifier of its challenge (RFC 7636). */
  private async exchange(received: Received, { issuer }: { issuer?: string }) {
    const { form } = received;
    const code = form.get('code') ?? '';
    const asked = this.pending.get(code);
    this.pending.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (!asked || !isClient(received) || asked.redirectUri !== form.get('redirect_uri'))
      return null;
    if (asked.challenge !== null && asked.challenge !== challenge) return null;
    const token = { access_token: 'an access token', token_type: 'Bearer', expires_in: 3600 };
    if (!issuer) return token;
    const now = Math.floor(Date.now() / 1_000);
    const { nonce } = asked;
    const right = { iss: issuer, aud: CLIENT_ID, iat: now, exp: now + 60, ...(nonce && { nonce }) };
    return { ...token, id_token: await this.sign({ ...right, ...this.claims }) };
  }
}

function isClient({ form, authorization }: Received): boolean {
  const [id, secret] = Buffer.from(authorization.slice('Basic '.length), 'base64')
    .toString()
    .split(':')
    .map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  const given = authorization ? [id, secret] : [form.get('client_id'), form.get('client_secret')];
  return given[0] === CLIENT_ID && given[1] === CLIENT_SECRET;
}

export const DISCOVERY = {
  issuer: FORGER,
  authorization_endpoint: `${FORGER}/authorize`,
  token_endpoint: `${FORGER}/token`,
  jwks_uri: `${FORGER}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
};
