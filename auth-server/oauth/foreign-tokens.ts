import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import type { Resources } from './resources/resources';
import type { TokenVerifier } from '../signing-keys/token-verifier';

/** Endpoints that introspect or revoke a token. */
const TOKEN_FORMS = ['/oauth2/introspect', '/oauth2/revoke'];

/** A value that is no token; the provider answers it as the standards say. */
const NO_TOKEN = 'not-a-token';

/** RFC 6750, section 3.1. */
const INVALID_TOKEN = { error: 'invalid_token', error_description: 'Invalid access token' };
const CHALLENGE = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

interface ForeignTokenParts {
  resources: Resources;
  verifier: TokenVerifier;
}

/**
 * Removes signed tokens of other issuers before the provider, which fails on an unknown signature
 * or key id: such a token is unknown (RFC 7662, section 2.2; RFC 7009, section 2.2).
 */
export function foreignTokens({ resources, verifier }: ForeignTokenParts) {
  const isForeign = async (token: unknown, audiences: string[]): Promise<boolean> => {
    if (typeof token !== 'string' || !isSigned(token)) return false;
    const rules = { audience: [...audiences, resources.userInfo], requiredClaims: ['sub'] };
    return (await verifier.verify(withoutScheme(token), rules)) === null;
  };
  return {
    id: 'gatehouse-foreign-tokens',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path !== undefined && TOKEN_FORMS.includes(path),
          handler: createAuthMiddleware(async (ctx) => {
            const body = (ctx.body ?? {}) as { token?: unknown };
            const audiences = await resources.listIdentifiers();
            if (!(await isForeign(body.token, audiences))) return undefined;
            return { context: { body: { ...body, token: NO_TOKEN } } };
          }),
        },
        {
          matcher: ({ path }) => path === '/oauth2/userinfo',
          handler: createAuthMiddleware(async (ctx) => {
            const { access_token: fromBody } = (ctx.body ?? {}) as { access_token?: unknown };
            const fromHeader = ctx.headers?.get('authorization');
            if (fromHeader) assertScheme(fromHeader);
            const audiences = [resources.api];
            for (const token of [fromHeader, fromBody]) {
              if (!(await isForeign(token, audiences))) continue;
              throw new APIError('UNAUTHORIZED', INVALID_TOKEN, CHALLENGE);
            }
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** RFC 6750, section 3: a request without a token, and the answer of the provider to it. */
const NO_CREDENTIALS = { error: 'invalid_request', error_description: 'access token not found' };

/** RFC 9110, section 11.4: the scheme is the first word. The provider accepts a token without one. */
function assertScheme(authorization: string): void {
  if (/^\S+ +\S/.test(authorization)) return;
  throw new APIError('UNAUTHORIZED', NO_CREDENTIALS, { 'WWW-Authenticate': 'Bearer' });
}

/** Three parts: a JWT. The provider looks other tokens up. */
function isSigned(token: string): boolean {
  return token.split('.').length === 3;
}

/** A header has the scheme before the token. */
function withoutScheme(value: string): string {
  return value.replace(/^\w+ +/, '');
}
