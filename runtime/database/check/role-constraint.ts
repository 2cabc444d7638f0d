import { isRole, ROLES } from '../../../contract';

const CONSTRAINT = `
  SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
   WHERE conname = 'user_role_check' AND conrelid = to_regclass('"user"')`;

/** @returns the roles that the database accepts; none when the constraint is missing. */
export async function readRoles(query: (sql: string) => Promise<unknown[]>): Promise<string[]> {
  const [row] = (await query(CONSTRAINT)) as { definition: string }[];
  const texts = (row?.definition ?? '').matchAll(/'((?:[^']|'')*)'::text/g);
  return [...texts].map(([, role]) => role!.replaceAll("''", "'"));
}

/** The roles that features declare, as a list of SQL. */
export const ROLE_LIST = ROLES.map((role) => `'${role.replaceAll("'", "''")}'`).join(', ');

const FIND_UNKNOWN = `
  SELECT role, count(*) AS users FROM "user" WHERE role NOT IN (${ROLE_LIST})
   GROUP BY role ORDER BY role`;

/** @returns a sentence about users whose role no feature declares; `null`: there are none. */
export async function describeUnknownRoles(
  query: (sql: string) => Promise<unknown[]>,
): Promise<string | null> {
  const unknown = (await query(FIND_UNKNOWN)) as { role: string; users: string }[];
  if (unknown.length === 0) return null;
  const list = unknown.map(({ role, users }) => `${role} (${users})`).join(', ');
  return `users have roles that no feature declares: ${list}`;
}

/**
 * Warns of users who cannot sign in because of their role. Users are counted only where the
 * constraint accepts more roles than the features declare: it reads the whole table.
 */
export async function warnOfUnknownRoles(
  query: (sql: string) => Promise<unknown[]>,
  warn: (text: string) => void,
): Promise<void> {
  if ((await readRoles(query)).every(isRole)) return;
  const text = await describeUnknownRoles(query);
  if (text !== null) warn(`${text}. They cannot sign in: give them another role.`);
}
