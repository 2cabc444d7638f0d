import type { OAuthProviderExtension } from '@better-auth/oauth-provider';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import type { GrantedToken, Grants } from './grants';
import { mayHaveSessions } from '../../sessions/claims';

type UserInfo = NonNullable<NonNullable<OAuthProviderExtension['claims']>['userInfo']>;

/** RFC 6750, section 3.1. */
const INVALID_TOKEN = { error: 'invalid_token', error_description: 'no longer in force' };
const CHALLENGE = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

/** As the provider refuses a token without the scope; `../protocol-answers.ts` corrects both. */
const NO_SCOPE = { error: 'invalid_scope', error_description: 'Missing required scope' };

/** The claims of a token at userinfo. */
interface ShownToken extends GrantedToken {
  sid?: string;
  client_id: string;
}

type Claims = Record<string, unknown>;

/** By scope (OpenID Connect Core 1.0, section 5.4). */
const CLAIMS: Record<string, readonly string[]> = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'picture'],
  email: ['email', 'email_verified'],
};

/**
 * Refuses a token whose grant, user or scope `openid` is no longer in force. The provider has read
 * the client in this request.
 *
 * @returns the scopes in force, for {@link userInfoInForce}.
 */
export function checkUserInfo(grants: Grants): UserInfo {
  return async ({ user, jwt, client, scopes }) => {
    const token = jwt as unknown as ShownToken;
    const isGranted = await grants.isInForce(
      { sessionId: token.sid, clientId: token.client_id },
      token,
    );
    if (!isGranted || !mayHaveSessions(user)) {
      throw new APIError('UNAUTHORIZED', INVALID_TOKEN, CHALLENGE);
    }
    const inForce = scopes.filter((scope) => client?.scopes?.includes(scope));
    if (!inForce.includes('openid')) throw new APIError('BAD_REQUEST', NO_SCOPE);
    return { scope: inForce.join(' ') };
  };
}

/** The provider answers with the claims of all scopes that were signed. */
export const userInfoInForce = {
  id: 'gatehouse-user-info',
  hooks: {
    after: [
      {
        matcher: ({ path }) => path === '/oauth2/userinfo',
        handler: createAuthMiddleware((ctx) => {
          const shown = narrow((ctx.context.returned ?? {}) as Claims);
          return Promise.resolve(shown && ctx.json(shown));
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

/** @returns `undefined` for a refusal. */
function narrow({ scope, ...claims }: Claims): Claims | undefined {
  if (typeof scope !== 'string') return undefined;
  const names = scope.split(' ').flatMap((each) => CLAIMS[each] ?? []);
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}
