import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { verifyJWT } from 'better-auth/plugins';
import type { AuthConfig } from '../common/config';
import { AUTH_BASE_PATH } from '../../contract';

/** Where a program asks about, or gives back, a token of any kind. */
const TOKEN_FORMS = ['/oauth2/introspect', '/oauth2/revoke'];

/** No token at all, which the provider answers as the standards say. */
const NO_TOKEN = 'not-a-token';

/** RFC 6750, section 3.1. */
const INVALID_TOKEN = { error: 'invalid_token', error_description: 'Invalid access token' };
const CHALLENGE = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

/**
 * Keeps signed tokens that are not ours from the provider, which fails over a signature or a
 * key id that it does not know: a changed token is as unknown as a made-up one (RFC 7662,
 * section 2.2; RFC 7009, section 2.2).
 */
export function foreignTokens(config: AuthConfig) {
  const isForeign = async (token: unknown, ctx: GenericEndpointContext): Promise<boolean> =>
    typeof token === 'string' && isSigned(token) && !(await isOurs(token, { config, ctx }));
  return {
    id: 'gatehouse-foreign-tokens',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path !== undefined && TOKEN_FORMS.includes(path),
          handler: createAuthMiddleware(async (ctx) => {
            const body = (ctx.body ?? {}) as { token?: unknown };
            if (!(await isForeign(body.token, ctx))) return undefined;
            return { context: { body: { ...body, token: NO_TOKEN } } };
          }),
        },
        {
          matcher: ({ path }) => path === '/oauth2/userinfo',
          handler: createAuthMiddleware(async (ctx) => {
            const { access_token: fromBody } = (ctx.body ?? {}) as { access_token?: unknown };
            const fromHeader = ctx.headers?.get('authorization');
            for (const token of [fromHeader, fromBody]) {
              if (!(await isForeign(token, ctx))) continue;
              throw new APIError('UNAUTHORIZED', INVALID_TOKEN, CHALLENGE);
            }
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** Three parts: what else there is, the provider looks up. */
function isSigned(token: string): boolean {
  return token.split('.').length === 3;
}

function isOurs(
  token: string,
  { config, ctx }: { config: AuthConfig; ctx: GenericEndpointContext },
): Promise<object | null> {
  const options = ctx.context.getPlugin('jwt')!.options;
  const { authUrl, jwtAudience } = config;
  const audience = [jwtAudience, `${authUrl}${AUTH_BASE_PATH}/oauth2/userinfo`];
  // The type knows one audience; the verification takes each of several.
  const jwt = { ...options.jwt, audience: audience as unknown as string };
  return verifyJWT(token.replace(/^\w+ +/, ''), { ...options, jwt });
}
