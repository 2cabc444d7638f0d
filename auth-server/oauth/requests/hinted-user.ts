import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { getOAuthProviderState } from '@better-auth/oauth-provider';
import { leadTo, targetOf } from './redirect-target';
import { TokenVerifier, type VerifierParts } from '../../signing-keys/token-verifier';

/** An ID token is a hint also long after its time (OpenID Connect Core 1.0, section 3.1.2.1). */
const AT_ANY_TIME = Number.MAX_SAFE_INTEGER;

/** A hint of an authorization request, and the client that sent it. */
interface Hint {
  token: string;
  clientId: string;
}

/** @returns the user that `id_token_hint` names; `undefined`: it is no ID token for the client. */
export async function subjectOf(
  { token, clientId }: Hint,
  verifier: TokenVerifier,
): Promise<string | undefined> {
  const rules = { audience: clientId, clockTolerance: AT_ANY_TIME };
  return (await verifier.verify(token, rules))?.sub;
}

/**
 * The answer to an authorization request contains no code for another user than `id_token_hint`
 * names, also after a sign-in and a consent, which the provider does not compare with the hint:
 * the client gets `login_required` (OpenID Connect Core 1.0, section 3.1.2.1). After a sign-in with
 * another provider, `authorization-request.ts` leads to the sign-in page before. A hint that cannot
 * be verified, for example of a removed key, names no user.
 */
export function hintedUser(parts: VerifierParts) {
  const verifier = new TokenVerifier(parts);
  return {
    id: 'gatehouse-hinted-user',
    hooks: {
      after: [
        {
          matcher: ({ context }) => targetOf(context.returned)?.searchParams.has('code') === true,
          handler: createAuthMiddleware(async (ctx) => {
            const query = new URLSearchParams((await getOAuthProviderState())?.query);
            const token = query.get('id_token_hint') ?? '';
            if (token === '') return undefined;
            const clientId = query.get('client_id') ?? '';
            const hinted = await subjectOf({ token, clientId }, verifier);
            if (hinted === undefined || hinted === (await userOf(ctx))) return undefined;
            return leadTo(ctx, withoutCode(targetOf(ctx.context.returned)!));
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** The user of the session that the request has begun or continued. */
async function userOf(ctx: GenericEndpointContext): Promise<string | undefined> {
  return (ctx.context.newSession ?? (await getSessionFromCtx(ctx)))?.user.id;
}

/** The code expires without use. */
function withoutCode(target: URL): URL {
  target.searchParams.delete('code');
  target.searchParams.set('error', 'login_required');
  target.searchParams.set('error_description', 'another user has signed in');
  return target;
}
