import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { type APIError, createAuthMiddleware, isAPIError } from 'better-auth/api';
import type { Grants } from './grants';
import { isBanned } from '../sessions/claims';

type Endpoint = Pick<GenericEndpointContext, 'path' | 'setHeader'> & {
  context: { returned?: unknown };
};

/** Wrong proofs of a code, which the provider reports as if the client had not proved itself. */
const WRONG_PROOF = /^(code verification failed|code_verifier )/;

/** What was granted is no longer good, for reasons that the provider has names of its own for. */
const NO_LONGER_GOOD = /^(missing user|user not found|session no longer exists)/;

/** How the provider says that it knows no such token. */
const UNKNOWN_TOKEN =
  /^(Invalid access token|token not found|refresh token revoked|session not found)$/i;

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** RFC 9110, section 11.6.1: a 401 says what would be good; RFC 7617, section 2: with a realm. */
const BASIC_CHALLENGE = 'Basic realm="Gatehouse", charset="UTF-8"';

/** What is to be different about an answer of the provider. */
interface Correction {
  /** Another status and error; an error of `null`: nothing is said. */
  instead?: { status: number; error: string | null };
  /** `WWW-Authenticate` */
  challenge?: string;
}

const INVALID_GRANT: Correction = { instead: { status: 400, error: 'invalid_grant' } };

/** By the endpoint: what the standard says where the provider says something else. */
const CORRECTIONS: Record<string, (description: string, error: APIError) => Correction> = {
  '/oauth2/token': (description, error) =>
    // RFC 7636, section 4.6; RFC 6749, section 5.2.
    WRONG_PROOF.test(description) || NO_LONGER_GOOD.test(description)
      ? INVALID_GRANT
      : correctClient(error),
  '/oauth2/introspect': (_description, error) => correctClient(error),
  '/oauth2/revoke': (description, error) =>
    // RFC 7009, section 2.2: a token that there is not is as good as revoked.
    UNKNOWN_TOKEN.test(description)
      ? { instead: { status: 200, error: null } }
      : correctClient(error),
  '/oauth2/userinfo': correctBearer,
};

/** RFC 6749, section 5.2: who is told 401 is told how to prove itself. */
function correctClient({ statusCode }: APIError): Correction {
  return statusCode === 401 ? { challenge: BASIC_CHALLENGE } : {};
}

/** RFC 6750, sections 3 and 3.1. */
function correctBearer(description: string): Correction {
  if (description === 'access token not found') return { challenge: 'Bearer' };
  if (description !== 'Missing required scope') return {};
  return {
    instead: { status: 403, error: 'insufficient_scope' },
    challenge: 'Bearer error="insufficient_scope", scope="openid"',
  };
}

/** Answers of the provider that the standards have other words for. */
export function protocolAnswers(grants: Grants) {
  return {
    id: 'gatehouse-oauth-answers',
    hooks: {
      after: [
        {
          matcher: ({ path }) => path !== undefined && path in CORRECTIONS,
          handler: createAuthMiddleware(async (ctx) => correct(ctx)),
        },
        {
          matcher: ({ path }) => path === '/oauth2/introspect',
          handler: createAuthMiddleware(async (ctx) => {
            const shown = (ctx.context.returned ?? {}) as Shown;
            if (shown.active !== true || shown.sub === shown.client_id) return undefined;
            const { internalAdapter } = ctx.context;
            const user = shown.sub ? await internalAdapter.findUserById(shown.sub) : null;
            const isInForce = user && !isBanned(user) && (await isGranted(shown, grants));
            return isInForce ? undefined : ctx.json({ active: false });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

async function correct(ctx: Endpoint): Promise<Response | undefined> {
  const { returned } = ctx.context;
  if (!isAPIError(returned)) return undefined;
  const description: unknown = returned.body?.error_description;
  if (typeof description !== 'string') return undefined;
  const { instead, challenge } = CORRECTIONS[ctx.path]!(description, returned);
  if (challenge !== undefined) ctx.setHeader('www-authenticate', challenge);
  if (!instead) return undefined;
  // A hook cannot change a status but by a whole answer.
  const { status, error } = instead;
  if (error === null) return new Response(null, { status, headers: NO_STORE });
  return Response.json({ error, error_description: description }, { status, headers: NO_STORE });
}

/** What introspection shows of a token (RFC 7662, section 2.2). */
interface Shown {
  active?: boolean;
  sub?: string;
  sid?: string;
  client_id?: string;
  iat?: number;
}

/**
 * The provider looks at the session alone, which a ban behind our backs leaves there, and for
 * a refresh token not even at that.
 */
async function isGranted(
  { sid: sessionId, client_id: clientId = '', iat }: Shown,
  grants: Grants,
): Promise<boolean> {
  return grants.isInForce({ sessionId, clientId }, iat);
}
