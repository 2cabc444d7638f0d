import { constantTimeEqual, makeSignature } from 'better-auth/crypto';
import type { Request } from 'express';
import type { Auth } from '../../better-auth/auth';
import type { AuthConfig } from '../../common/config';
import { listSecrets, QUERY_SIGNATURE, toSignedText } from '../../common/secrets';
import { PageFailure } from './page-failure';

/** An authorization request that the provider has signed and that waits for the user. */
export interface OAuthRequest {
  /** The signed query. All pages of the flow have it in their URL. */
  query: string;
  clientId: string;
  clientName: string;
  scopes: string[];
  /** The redirect URI. */
  host: string;
}

/** Further parameters of the provider: the list of signed names, the end of validity. */
const NAMES = 'ba_param';
const EXPIRY = 'exp';

/** The time in which a page can be used after it was opened, in seconds. */
const TIME_FOR_A_PERSON_S = 600;

/** @returns the authorization request in the URL of the page; `null` without one. */
export type FindOAuthRequest = (request: Request) => Promise<OAuthRequest | null>;

/**
 * Only a request with a recent signature of the provider is shown. The endpoints check it again.
 *
 * @throws {PageFailure} `expired`
 */
export function createOAuthRequestFinder(auth: Auth, config: AuthConfig): FindOAuthRequest {
  return async (request) => {
    const signed = signedPart(new URL(request.originalUrl, config.authUrl).searchParams);
    if (signed === null) return null;
    if (!(await isInForce(signed, listSecrets(config)))) throw new PageFailure(400, 'expired');
    const clientId = signed.get('client_id') ?? '';
    return {
      query: await prolong(signed, config.betterAuthSecret),
      clientId,
      clientName: await nameClient(auth, clientId),
      scopes: (signed.get('scope') ?? '').split(' ').filter(Boolean),
      host: URL.parse(signed.get('redirect_uri') ?? '')?.host ?? '',
    };
  };
}

/** A redirect through this server may have added parameters. */
function signedPart(query: URLSearchParams): URLSearchParams | null {
  if (!query.has(QUERY_SIGNATURE)) return null;
  const names = new Set([...query.getAll(NAMES), NAMES, QUERY_SIGNATURE]);
  return new URLSearchParams([...query].filter(([name]) => names.has(name)));
}

async function isInForce(signed: URLSearchParams, secrets: string[]): Promise<boolean> {
  const [signature, ...more] = signed.getAll(QUERY_SIGNATURE);
  if (signature === undefined || more.length > 0) return false;
  if (!(Number(signed.get(EXPIRY)) * 1_000 >= Date.now())) return false;
  const text = toSignedText(signed);
  const genuine = await Promise.all(secrets.map((secret) => makeSignature(text, secret)));
  return genuine.some((expected) => constantTimeEqual(signature, expected));
}

/**
 * The provider limits the request to the lifetime of a code, which a client exchanges at once. A
 * user needs more time.
 */
async function prolong(signed: URLSearchParams, secret: string): Promise<string> {
  const prolonged = new URLSearchParams(signed);
  prolonged.set(EXPIRY, String(Math.floor(Date.now() / 1_000) + TIME_FOR_A_PERSON_S));
  prolonged.set(QUERY_SIGNATURE, await makeSignature(toSignedText(prolonged), secret));
  return prolonged.toString();
}

async function nameClient(auth: Auth, clientId: string): Promise<string> {
  const { adapter } = await auth.$context;
  const client = await adapter.findOne<{ name?: string | null }>({
    model: 'oauthClient',
    where: [{ field: 'clientId', value: clientId }],
  });
  return client?.name || clientId;
}

/** The URL of another page of the same flow. */
export function keepOAuthRequest(path: string, oauth: OAuthRequest | null): string {
  return oauth ? `${path}?${oauth.query}` : path;
}
