const CONSTRAINT = `
  SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
   WHERE conname = 'user_role_check' AND conrelid = to_regclass('"user"')`;

/** @returns the roles that the database accepts; none when the constraint is missing. */
export async function readRoles(query: (sql: string) => Promise<unknown[]>): Promise<string[]> {
  const [row] = (await query(CONSTRAINT)) as { definition: string }[];
  const texts = (row?.definition ?? '').matchAll(/'((?:[^']|'')*)'::text/g);
  return [...texts].map(([, role]) => role!.replaceAll("''", "'"));
}
