import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import { fieldOf } from '../../common/caller';
import type { AuthConfig } from '../../common/config';
import type { SigningKeys } from '../../signing-keys/signing-keys';

type Parameters = Record<string, unknown>;

interface RequestParts {
  config: AuthConfig;
  signingKeys: SigningKeys;
}

/** An ID token is a hint also long after its time (OpenID Connect Core 1.0, section 3.1.2.1). */
const AT_ANY_TIME = Number.MAX_SAFE_INTEGER;

/**
 * A session of another user is too old for the request: a user signs in, or `login_required`. The
 * provider continues by itself after the sign-in, so its user is not compared with the hint.
 */
const NO_SESSION = { max_age: '0' };

/** Changes parameters of authorization requests where the provider differs from the standards. */
export function authorizationRequests(parts: RequestParts) {
  return {
    id: 'gatehouse-authorization-requests',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/oauth2/authorize',
          handler: createAuthMiddleware(async (ctx) => {
            // Changed in place: a hook cannot remove a parameter in another way.
            const given = ((ctx.method === 'POST' ? ctx.body : ctx.query) ?? {}) as Parameters;
            delete given.dpop_jkt;
            const isOther = await isOfAnotherUser(ctx as GenericEndpointContext, { given, parts });
            Object.assign(given, promptOf(given), isOther && NO_SESSION);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** The user chooses the account on the sign-in page: the auth server has one session at a time. */
function promptOf({ prompt }: Parameters): Parameters {
  if (typeof prompt !== 'string' || !prompt.includes('select_account')) return {};
  const names = prompt.split(' ').map((name) => (name === 'select_account' ? 'login' : name));
  return { prompt: [...new Set(names)].join(' ') };
}

/** Whether `id_token_hint` names another user than the session, or no user at all. */
async function isOfAnotherUser(
  ctx: GenericEndpointContext,
  { given, parts }: { given: Parameters; parts: RequestParts },
): Promise<boolean> {
  const hint = fieldOf(given, 'id_token_hint');
  const found = hint === '' ? null : await getSessionFromCtx(ctx);
  if (!found) return false;
  const audience = fieldOf(given, 'client_id');
  return (await subjectOf(hint, { audience, parts })) !== found.user.id;
}

/** @returns `null` for what is no ID token of this server for the client. */
async function subjectOf(
  idToken: string,
  { audience, parts: { config, signingKeys } }: { audience: string; parts: RequestParts },
): Promise<string | null> {
  const { published } = await signingKeys.current();
  const keys = published.map(({ id, publicKey }) => ({
    ...(JSON.parse(publicKey) as JWK),
    kid: id,
  }));
  const rules = { issuer: config.jwtIssuer, audience, clockTolerance: AT_ANY_TIME };
  try {
    const { payload } = await jwtVerify(idToken, createLocalJWKSet({ keys }), rules);
    return payload.sub ?? null;
  } catch {
    return null;
  }
}
