import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware, isAPIError } from 'better-auth/api';
import { toDescription } from './error-description';
import type { HookContext } from '../../common/hook-types';

type Parameters = Record<string, unknown>;

/** RFC 7636, section 4.2, for the only method, S256: 32 bytes in base64url. */
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** What the provider answers to a parameter of another type. */
const WRONG_TYPE = 'code_challenge must be a string';

/** The cause of a refusal. */
const causes = new WeakMap<Request, string>();

/**
 * The provider ignores `response_mode`, and accepts a code challenge that no verifier can match.
 * Both are an `invalid_request`. The provider checks the client and its redirect URI before it
 * sends an error to the client. Therefore it receives a challenge that it refuses, and its answer
 * gets the cause.
 */
export const refusedParameters = {
  id: 'gatehouse-refused-parameters',
  hooks: {
    before: [
      {
        matcher: isAuthorization,
        handler: createAuthMiddleware((ctx) => {
          const given = parametersOf(ctx as GenericEndpointContext);
          const cause = findFault(given);
          if (cause !== null && ctx.request) {
            causes.set(ctx.request, cause);
            // The error is sent in the mode that is supported.
            delete given.response_mode;
            given.code_challenge = null;
          }
          return Promise.resolve();
        }),
      },
    ],
    after: [
      {
        matcher: isAuthorization,
        handler: createAuthMiddleware((ctx) => {
          const cause = ctx.request && causes.get(ctx.request);
          const { returned } = ctx.context;
          return Promise.resolve(withDescription(ctx, { returned, cause }));
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

function isAuthorization({ path }: { path?: string }): boolean {
  return path === '/oauth2/authorize';
}

/** Changed in place: a hook cannot remove a parameter in another way. */
function parametersOf(ctx: GenericEndpointContext): Parameters {
  return ((ctx.method === 'POST' ? ctx.body : ctx.query) ?? {}) as Parameters;
}

/** A parameter without a value counts as missing (RFC 6749, section 3.1). */
function findFault({ response_mode: mode = '', code_challenge: challenge }: Parameters) {
  // OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1.
  if (mode !== '' && mode !== 'query') return 'response_mode must be query';
  const isMalformed = typeof challenge === 'string' && challenge !== '';
  if (isMalformed && !S256_CHALLENGE.test(challenge)) {
    return 'code_challenge must be 43 characters of base64url';
  }
  return null;
}

/**
 * The answer is a redirection, or its target in JSON for a script. A redirection is thrown, because
 * the headers of the provider's one replace those of a returned answer.
 */
function withDescription(
  ctx: HookContext,
  { returned, cause }: { returned: unknown; cause: string | undefined },
) {
  if (isAPIError(returned)) {
    const location = new Headers(returned.headers as Record<string, string>).get('location');
    const corrected = correctDescription(location, cause);
    if (corrected === null) return undefined;
    throw ctx.redirect(corrected);
  }
  const { url } = (returned ?? {}) as { url?: unknown };
  const corrected = correctDescription(url, cause);
  return corrected === null ? undefined : { redirect: true, url: corrected };
}

/** @returns `null`: the description stays as it is. */
function correctDescription(url: unknown, cause: string | undefined): string | null {
  const target = typeof url === 'string' ? URL.parse(url) : null;
  const given = target?.searchParams.get('error_description') ?? '';
  const corrected = given === WRONG_TYPE && cause ? cause : toDescription(given);
  if (!target || corrected === given) return null;
  target.searchParams.set('error_description', corrected);
  return target.href;
}
