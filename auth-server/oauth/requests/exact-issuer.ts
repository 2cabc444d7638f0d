import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { getIssuer } from '@better-auth/oauth-provider';
import { leadTo, parametersOf, targetOf } from './redirect-target';
import type { AuthConfig } from '../../common/config';
import type { HookContext } from '../../common/hook-types';

/** None of them matters here: the jwt plugin has the issuer. */
type ProviderOptions = Parameters<typeof getIssuer>[1];

/**
 * The issuer of an authorization response (RFC 9207) is that of the metadata and of tokens. The
 * provider writes an http issuer of another machine with https: in development, client libraries
 * refused each response.
 */
export function exactIssuer({ jwtIssuer }: Pick<AuthConfig, 'jwtIssuer'>) {
  return {
    id: 'gatehouse-exact-issuer',
    hooks: {
      after: [
        {
          matcher: ({ context }) => {
            const target = targetOf(context.returned);
            return target !== null && parametersOf(target).has('iss');
          },
          handler: createAuthMiddleware((ctx) => Promise.resolve(correct(ctx, jwtIssuer))),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

function correct(ctx: HookContext, jwtIssuer: string) {
  const target = targetOf(ctx.context.returned)!;
  const parameters = parametersOf(target);
  const written = parameters.get('iss');
  const isOurs = written === getIssuer(ctx as GenericEndpointContext, {} as ProviderOptions);
  if (!isOurs || written === jwtIssuer) return undefined;
  parameters.set('iss', jwtIssuer);
  if (target.hash !== '') target.hash = parameters.toString();
  return leadTo(ctx, target);
}
