import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { type APIError, createAuthMiddleware, isAPIError } from 'better-auth/api';
import { toDescription } from './requests/error-description';

type Endpoint = Pick<GenericEndpointContext, 'path' | 'setHeader'> & {
  context: { returned?: unknown };
};

/** Errors of PKCE, which the provider reports as failed client authentication. */
const WRONG_PROOF = /^(code verification failed|code_verifier )/;

/** Errors of a grant that has ended, for which the provider has other codes. */
const ENDED_GRANT = /^(missing user|user not found|session no longer exists)/;

/** Errors for an unknown token. */
const UNKNOWN_TOKEN =
  /^(Invalid access token|token not found|refresh token revoked|session not found)$/i;

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** RFC 9110, section 11.6.1: a 401 has a challenge; RFC 7617, section 2: with a realm. */
const BASIC_CHALLENGE = 'Basic realm="Gatehouse", charset="UTF-8"';

/** A change of an answer of the provider. */
interface Correction {
  /** Another status and error; `null`: {@link emptyAnswer}. */
  instead?: { status: number; error: string | null };
  /** `WWW-Authenticate` */
  challenge?: string;
}

const INVALID_GRANT: Correction = { instead: { status: 400, error: 'invalid_grant' } };

/** By endpoint: the answer of the standard where the provider differs. */
const CORRECTIONS: Record<string, (description: string, error: APIError) => Correction> = {
  '/oauth2/token': (description, error) =>
    // RFC 7636, section 4.6; RFC 6749, section 5.2.
    WRONG_PROOF.test(description) || ENDED_GRANT.test(description)
      ? INVALID_GRANT
      : correctClient(error),
  '/oauth2/introspect': (_description, error) => correctClient(error),
  '/oauth2/revoke': (description, error) =>
    // RFC 7009, section 2.2: an unknown token is answered as a revoked one.
    UNKNOWN_TOKEN.test(description)
      ? { instead: { status: 200, error: null } }
      : correctClient(error),
  '/oauth2/userinfo': correctBearer,
  '/oauth2/delete-consent': () => ({}),
};

/** Endpoints whose answer has the content type of JSON without a body: some clients fail to parse it. */
const WITHOUT_BODY = ['/oauth2/revoke', '/oauth2/delete-consent'];

/** RFC 6749, section 5.2: a 401 names the authentication scheme. */
function correctClient({ statusCode }: APIError): Correction {
  return statusCode === 401 ? { challenge: BASIC_CHALLENGE } : {};
}

/** RFC 6750, sections 3 and 3.1. */
function correctBearer(description: string, { statusCode }: APIError): Correction {
  if (description === 'access token not found') return { challenge: 'Bearer' };
  if (statusCode === 401) return { challenge: 'Bearer error="invalid_token"' };
  if (description !== 'Missing required scope') return {};
  return {
    instead: { status: 403, error: 'insufficient_scope' },
    challenge: 'Bearer error="insufficient_scope", scope="openid"',
  };
}

/** Changes answers of the provider to those of the standards. */
export const protocolAnswers = {
  id: 'gatehouse-oauth-answers',
  hooks: {
    after: [
      {
        matcher: ({ path }) => path !== undefined && path in CORRECTIONS,
        handler: createAuthMiddleware(async (ctx) => correct(ctx)),
      },
    ],
  },
} satisfies BetterAuthPlugin;

/**
 * The answer to the revocation of a token that the provider does not revoke. Clients ignore the body (RFC 7009, section
 * 2.2), but some parse it as JSON.
 */
export function emptyAnswer(): Response {
  return Response.json({}, { headers: NO_STORE });
}

async function correct(ctx: Endpoint): Promise<object | undefined> {
  const { returned } = ctx.context;
  if (WITHOUT_BODY.includes(ctx.path) && returned === undefined) return {};
  if (!isAPIError(returned)) return undefined;
  const description: unknown = returned.body?.error_description;
  if (typeof description !== 'string') return undefined;
  const { instead, challenge } = CORRECTIONS[ctx.path]!(description, returned);
  if (challenge !== undefined) ctx.setHeader('www-authenticate', challenge);
  const shown = toDescription(description);
  if (!instead && shown === description) return undefined;
  // A hook changes a status only with a complete response.
  const { status, error } = instead ?? {
    status: returned.statusCode,
    error: String(returned.body?.error),
  };
  if (error === null) return emptyAnswer();
  return Response.json({ error, error_description: shown }, { status, headers: NO_STORE });
}
