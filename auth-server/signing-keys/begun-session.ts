import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { TokenSigner } from './token-signer';
import { ACCESS_TOKEN_HEADER, TOKEN_WANTED_HEADER } from '../../contract';
import type { SignedIn } from '../sessions/claims';

/**
 * Adds the access token to an answer that begins a session, when the API asks for it. It is the
 * token of `/token`. A first step with a second factor begins no session.
 */
export function tokenOfBegunSession(signer: TokenSigner) {
  return {
    id: 'token-of-begun-session',
    hooks: {
      after: [
        {
          matcher: ({ context, headers }) => {
            const sent = headers as Headers | undefined;
            return Boolean(context?.newSession) && sent?.has(TOKEN_WANTED_HEADER) === true;
          },
          handler: createAuthMiddleware(async (ctx) => {
            const begun = ctx.context.newSession as unknown as SignedIn;
            ctx.setHeader(ACCESS_TOKEN_HEADER, await signer.sign(ctx, begun));
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
