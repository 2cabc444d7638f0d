import { mergeParts, type NamesIn } from '../features/installed';

/**
 * The closed list of roles, which the features declare: `admin` and `user` first. The database holds the
 * same list as a check constraint, which `npm run migrate` writes and both processes compare at
 * their start. Better-Auth's admin plugin is given the same list, and a token with any other role
 * is refused.
 */
export const ROLES = Object.keys(mergeParts('roles')) as readonly Role[];

export type Role = NamesIn<'roles'>;

/** The role of everyone who signs up. */
export const DEFAULT_ROLE = 'user' satisfies Role;

export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
