import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api';
import type { AuthConfig } from '../config';
import { isBanned } from '../token';

type Hooks = NonNullable<BetterAuthPlugin['hooks']>;
type Context = Parameters<NonNullable<Hooks['before']>[number]['matcher']>[0];

/** Wrong proofs of a code, which the provider reports as if the client had not proved itself. */
const WRONG_PROOF = /^(code verification failed|code_verifier )/;

/** How the provider says that it knows no such token. */
const UNKNOWN_TOKEN =
  /^(Invalid access token|token not found|refresh token revoked|session not found)$/i;

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** Rules of ours around the provider's endpoints. */
export function requestRules({ jwtAudience }: Pick<AuthConfig, 'jwtAudience'>) {
  return {
    id: 'gatehouse-oauth-rules',
    hooks: {
      before: [
        { matcher: isAuthorization, handler: endSessionOfBannedUser },
        { matcher: lacksResource, handler: nameResource(jwtAudience) },
      ],
      after: [
        { matcher: isTokenOrRevocation, handler: answerByTheBook },
        { matcher: isIntrospection, handler: hideTokenOfBannedUser },
      ],
    },
  } satisfies BetterAuthPlugin;
}

function isAuthorization({ path }: Context): boolean {
  return path === '/oauth2/authorize' || path === '/oauth2/consent' || path === '/oauth2/continue';
}

function isTokenRequest({ path }: Pick<Context, 'path'>): boolean {
  return path === '/oauth2/token';
}

function isRevocation({ path }: Pick<Context, 'path'>): boolean {
  return path === '/oauth2/revoke';
}

function isTokenOrRevocation(context: Context): boolean {
  return isTokenRequest(context) || isRevocation(context);
}

function isIntrospection({ path }: Context): boolean {
  return path === '/oauth2/introspect';
}

/** RFC 8707, section 2: who names no resource leaves the choice to the server. There is one API. */
function lacksResource({ path, method, query, body }: Context): boolean {
  const parameters = ((method === 'POST' ? body : query) ?? {}) as Record<string, unknown>;
  if (parameters.resource !== undefined) return false;
  if (path === '/oauth2/authorize') return true;
  // The other grants know from the authorization what they are for.
  return path === '/oauth2/token' && parameters.grant_type === 'client_credentials';
}

function nameResource(resource: string) {
  return createAuthMiddleware((ctx) => {
    const place = ctx.method === 'POST' ? 'body' : 'query';
    const parameters = ctx[place] as Record<string, unknown>;
    return Promise.resolve({ context: { [place]: { ...parameters, resource } } });
  });
}

/**
 * A ban that did not pass through Better-Auth leaves sessions behind. Such a session ends
 * here, so that what follows is what a signed-out caller sees: the sign-in page.
 */
const endSessionOfBannedUser = createAuthMiddleware(async (ctx) => {
  const found = await getSessionFromCtx(ctx);
  if (!found || !isBanned(found.user)) return;
  await ctx.context.internalAdapter.deleteSession(found.session.token);
  ctx.context.session = null;
});

/**
 * RFC 7636, section 4.6: a wrong verifier is an `invalid_grant`. RFC 7009, section 2.2: a token
 * that there is not is as good as revoked. A hook cannot change a status but by a whole answer.
 */
const answerByTheBook = createAuthMiddleware(async (ctx) =>
  correct(ctx.path, ctx.context.returned),
);

async function correct(path: string, returned: unknown): Promise<Response | undefined> {
  if (!isAPIError(returned)) return undefined;
  const description: unknown = returned.body?.error_description;
  if (typeof description !== 'string') return undefined;
  if (isTokenRequest({ path }) && WRONG_PROOF.test(description)) {
    const error = { error: 'invalid_grant', error_description: description };
    return Response.json(error, { status: 400, headers: NO_STORE });
  }
  if (isRevocation({ path }) && UNKNOWN_TOKEN.test(description)) {
    return new Response(null, { status: 200, headers: NO_STORE });
  }
  return undefined;
}

/** The provider looks at the session alone, which a ban behind our backs leaves there. */
const hideTokenOfBannedUser = createAuthMiddleware(async (ctx) => {
  const { active, sid, sub } = (ctx.context.returned ?? {}) as Record<string, unknown>;
  if (active !== true || sid === undefined || typeof sub !== 'string') return;
  const user = await ctx.context.internalAdapter.findUserById(sub);
  if (user && !isBanned(user)) return;
  return ctx.json({ active: false });
});
