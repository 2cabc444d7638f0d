import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { verifyJWT } from 'better-auth/plugins';
import type { Resources } from './resources/resources';

/** Endpoints that introspect or revoke a token. */
const TOKEN_FORMS = ['/oauth2/introspect', '/oauth2/revoke'];

/** A value that is no token; the provider answers it as the standards say. */
const NO_TOKEN = 'not-a-token';

/** RFC 6750, section 3.1. */
const INVALID_TOKEN = { error: 'invalid_token', error_description: 'Invalid access token' };
const CHALLENGE = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

/**
 * Removes signed tokens of other issuers before the provider, which fails on an unknown signature
 * or key id: such a token is unknown (RFC 7662, section 2.2; RFC 7009, section 2.2).
 */
export function foreignTokens(resources: Resources) {
  const isForeign: IsForeign = async (token, { ctx, audiences }) =>
    typeof token === 'string' &&
    isSigned(token) &&
    !(await isOurs(token, { ctx, audiences: [...audiences, resources.userInfo] }));
  return {
    id: 'gatehouse-foreign-tokens',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path !== undefined && TOKEN_FORMS.includes(path),
          handler: createAuthMiddleware(async (ctx) => {
            const body = (ctx.body ?? {}) as { token?: unknown };
            const audiences = await resources.listIdentifiers();
            if (!(await isForeign(body.token, { ctx, audiences }))) return undefined;
            return { context: { body: { ...body, token: NO_TOKEN } } };
          }),
        },
        {
          matcher: ({ path }) => path === '/oauth2/userinfo',
          handler: createAuthMiddleware(async (ctx) => {
            const { access_token: fromBody } = (ctx.body ?? {}) as { access_token?: unknown };
            const fromHeader = ctx.headers?.get('authorization');
            const audiences = [resources.api];
            for (const token of [fromHeader, fromBody]) {
              if (!(await isForeign(token, { ctx, audiences }))) continue;
              throw new APIError('UNAUTHORIZED', INVALID_TOKEN, CHALLENGE);
            }
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** Three parts: a JWT. The provider looks other tokens up. */
function isSigned(token: string): boolean {
  return token.split('.').length === 3;
}

interface Check {
  ctx: GenericEndpointContext;
  audiences: string[];
}

type IsForeign = (token: unknown, check: Check) => Promise<boolean>;

function isOurs(token: string, { ctx, audiences }: Check): Promise<object | null> {
  const options = ctx.context.getPlugin('jwt')!.options;
  // The type allows one audience; the verification accepts several.
  const jwt = { ...options.jwt, audience: audiences as unknown as string };
  return verifyJWT(token.replace(/^\w+ +/, ''), { ...options, jwt });
}
