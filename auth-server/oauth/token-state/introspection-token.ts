import type { webcrypto } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { resolveSigningKey } from 'better-auth/plugins';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { assertActingClient } from '../../common/caller';
import type { AuthConfig } from '../../common/config';
import { INTROSPECTION_TOKEN_PATH } from '../../../contract';

const bodySchema = z.strictObject({ report: z.looseObject({ active: z.boolean() }) });

interface SigningKey {
  alg: string;
  kid: string;
  privateKey: webcrypto.CryptoKey | Uint8Array;
}

/** No access token has this type (RFC 8725, section 3.11). */
const TYPE = 'token-introspection+jwt';

/**
 * Signs an answer of introspection for the API, which has no private keys (RFC 9701, section 5).
 * The token has neither `sub` nor `exp`, so it is no access token.
 */
export function introspectionTokens({ jwtIssuer }: AuthConfig) {
  return {
    id: 'gatehouse-introspection-tokens',
    endpoints: {
      signIntrospection: createAuthEndpoint(
        INTROSPECTION_TOKEN_PATH,
        { method: 'POST', body: bodySchema },
        async (ctx) => {
          const clientId = assertActingClient(ctx);
          const { options } = ctx.context.getPlugin('jwt')!;
          const key = (await resolveSigningKey(ctx, options)) as SigningKey;
          const token = await new SignJWT({ token_introspection: ctx.body.report })
            .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: TYPE })
            .setIssuer(jwtIssuer)
            .setAudience(clientId)
            .setIssuedAt()
            .sign(key.privateKey);
          return ctx.json({ token });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}
