import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { type JwtOptions, signJWT } from 'better-auth/plugins';
import type { Resources } from './resources/resources';
import { claimsDecidedFor } from './token-claims';
import { GRANT_CLAIM } from '../../contract';
import { decodeJwtPayload } from '../../runtime/tokens/jwt-payload';

const ACCESS_TOKEN_TYPE = 'at+jwt';

type Payload = Record<string, unknown>;
type Sign = NonNullable<NonNullable<JwtOptions['jwt']>['sign']>;

/**
 * Signs access tokens of OAuth clients with the claims that the provider reserves for itself: the
 * scopes of the one audience, the time and the methods of the sign-in. An ID token states the same
 * about the sign-in as the access token that it belongs to. Only an access token for the API is also for
 * userinfo: another resource server cannot use a token to read the profile of the user.
 */
export function tokenSigner(resources: Resources) {
  return {
    id: 'gatehouse-token-signer',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/oauth2/token',
          handler: createAuthMiddleware((ctx) => {
            replaceSigner(ctx as GenericEndpointContext, resources);
            return Promise.resolve();
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === '/oauth2/token',
          // The scopes that the token has (RFC 6749, section 5.1).
          handler: createAuthMiddleware(async (ctx) => {
            const answer = ctx.context.returned as { access_token?: unknown } | undefined;
            if (typeof answer?.access_token !== 'string') return undefined;
            const { scope } = decodeJwtPayload(answer.access_token);
            return ctx.json({ ...answer, scope });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** The provider asks for the options of the jwt plugin when it signs. */
function replaceSigner(ctx: GenericEndpointContext, resources: Resources): void {
  const { context } = ctx;
  const getPlugin = context.getPlugin.bind(context);
  const plugin = getPlugin('jwt')!;
  const { options } = plugin;
  let accessToken: Payload = {};
  const sign: Sign = (payload, header) => {
    const claims = payload as Payload;
    const isAccessToken = header?.typ === ACCESS_TOKEN_TYPE;
    // The ID token is signed later, because it has the hash of the access token.
    if (isAccessToken) accessToken = toAccessToken(claims, context, resources);
    const signed = isAccessToken ? accessToken : toIdToken(claims, accessToken);
    return signJWT(ctx, { options, header, payload: signed });
  };
  const replaced = { ...plugin, options: { ...options, jwt: { ...options.jwt, sign } } };
  context.getPlugin = ((id: string) =>
    id === 'jwt' ? replaced : getPlugin(id as never)) as typeof context.getPlugin;
}

/** A claim of the row of a resource, which the provider merges, is not one that this server decides. */
function toAccessToken(claims: Payload, context: object, { api }: Resources): Payload {
  const { resource, ...decided } = claimsDecidedFor(context);
  const none = { role: undefined, act: undefined, [GRANT_CLAIM]: undefined };
  return { ...claims, ...(resource !== api && { aud: resource }), ...none, ...decided };
}

/**
 * The provider states the start of the session as the time of the sign-in, also in an
 * impersonation.
 */
function toIdToken({ auth_time: begin, ...claims }: Payload, { act, amr }: Payload): Payload {
  if (act !== undefined) return { ...claims, act };
  return { ...claims, auth_time: begin, ...(amr !== undefined && { amr }) };
}
