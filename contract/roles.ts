/**
 * The closed list of roles. The database holds the same list as a check constraint,
 * Better-Auth's admin plugin is given the same list, and a token with any other role
 * is refused.
 */
export const ROLES = ['admin', 'user'] as const;

export type Role = (typeof ROLES)[number];

/** The role of everyone who signs up. */
export const DEFAULT_ROLE: Role = 'user';

export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
