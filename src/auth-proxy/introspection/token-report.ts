import type { AccessState, KnownResource } from '../../auth/live-access/access-state';
import type { ResourceToken } from '../../auth/token/resource-tokens';
import { CLOCK_TOLERANCE_SECONDS } from '../../../contract';

/** The answer to an introspection (RFC 7662, section 2.2). */
export type TokenReport = { active: false } | ({ active: true } & Record<string, unknown>);

export const INACTIVE: TokenReport = { active: false };

/** Claims that are reported as they were signed. */
const AS_SIGNED = ['iss', 'sub', 'aud', 'client_id', 'sid', 'iat', 'exp', 'jti'] as const;
const WHEN_PRESENT = ['auth_time', 'amr', 'act'] as const;

/**
 * Describes a token to the server of its resource: with the scopes and the role in force, not with
 * those that it was signed with. A token whose scopes have all ended is not active.
 *
 * @param state of its session, user and client; `null`: they are not in force.
 */
export function reportToken(
  { claims, payload }: ResourceToken,
  { state, resource }: { state: AccessState | null; resource: KnownResource },
): TokenReport {
  const { client, user } = state ?? {};
  if (!client) return INACTIVE;
  // A token from before the resource was registered belongs to an earlier one.
  if (claims.iat < resource.since / 1_000 - CLOCK_TOLERANCE_SECONDS) return INACTIVE;
  const allowed = claims.kind === 'client' ? client.ownScopes : client.scopes;
  const scopes = claims.scopes.filter(
    (scope) => allowed.includes(scope) && resource.scopes.includes(scope),
  );
  if (scopes.length === 0) return INACTIVE;
  const names = [...AS_SIGNED, ...WHEN_PRESENT].filter((name) => payload[name] !== undefined);
  return {
    active: true,
    ...Object.fromEntries(names.map((name) => [name, payload[name]])),
    scope: scopes.join(' '),
    token_type: 'Bearer',
    ...(user && { role: user.role }),
  };
}
