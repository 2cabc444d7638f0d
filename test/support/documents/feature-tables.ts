import type { DataSource } from 'typeorm';
import type { FeatureDeclaration } from '../../../contract/features';
import type { FeatureApi } from '../../../src/common/feature-api';

type RunQuery = (sql: string, values?: unknown[]) => Promise<object[]>;

type Tables = Pick<FeatureDeclaration, 'name' | 'tables' | 'userColumns'>;

/** The columns of tables, without those of foreign keys to users. */
const COLUMNS = `
  SELECT class.relname AS "table", attribute.attname AS "column"
    FROM pg_attribute attribute JOIN pg_class class ON class.oid = attribute.attrelid
   WHERE class.relname = ANY ($1) AND attribute.attnum > 0 AND NOT attribute.attisdropped
     AND attribute.attnum <> ALL (SELECT unnest(conkey) FROM pg_constraint
           WHERE conrelid = class.oid AND contype = 'f' AND confrelid = '"user"'::regclass)
   ORDER BY 1, attribute.attnum`;

const REFERRING = `
  SELECT DISTINCT conrelid::regclass::text AS "table" FROM pg_constraint
   WHERE contype = 'f' AND confrelid = '"user"'::regclass AND conrelid::regclass::text = ANY ($1)`;

/**
 * Reads the rows that are there. @returns a sentence for each column that holds the id or the e-mail
 * address of a user, has no foreign key to users and is not declared.
 */
export async function findHiddenUsers(
  { name, tables = [], userColumns = {} }: Tables,
  query: RunQuery,
): Promise<string[]> {
  const faults: string[] = [];
  const columns = (await query(COLUMNS, [tables])) as { table: string; column: string }[];
  for (const { table, column } of columns) {
    if (`${table}.${column}` in userColumns) continue;
    const value = `entry."${column}"::text`;
    const found = await query(
      `SELECT FROM "${table}" entry JOIN "user" person
           ON strpos(${value}, person.id) > 0 OR lower(${value}) = person.email LIMIT 1`,
    );
    if (found.length > 0) faults.push(hiddenUser(name, `${table}.${column}`));
  }
  return faults;
}

function hiddenUser(name: string, column: string): string {
  return `${name}: ${column} holds ids or e-mail addresses of users: give it a foreign key to "user" ("id"), or name it in \`userColumns\``;
}

/** @returns a sentence for each table about users that the export of the feature does not read. */
export async function findUnreadTables(
  { name, tables = [], userColumns = {} }: Tables,
  { exportUser }: Pick<FeatureApi, 'exportUser'>,
  dataSource: DataSource,
): Promise<string[]> {
  const referring = await dataSource.query<{ table: string }[]>(REFERRING, [tables]);
  const declared = Object.keys(userColumns).map((column) => column.split('.', 1)[0]!);
  const wanted = new Set([...referring.map(({ table }) => table), ...declared]);
  const statements = exportUser ? await statementsOf(exportUser, dataSource) : '';
  return [...wanted]
    .filter((table) => !new RegExp(`\\b${table}\\b`).test(statements))
    .map((table) => `${name}: exportUser does not read ${table}, which is about users`);
}

async function statementsOf(
  exportUser: NonNullable<FeatureApi['exportUser']>,
  dataSource: DataSource,
): Promise<string> {
  const runner = dataSource.createQueryRunner();
  const statements: string[] = [];
  const query = runner.query.bind(runner) as (...values: unknown[]) => Promise<never>;
  runner.query = (sql: string, ...others: unknown[]) => {
    statements.push(sql);
    return query(sql, ...others);
  };
  try {
    await exportUser(runner.manager, 'a user without rows');
  } finally {
    await runner.release();
  }
  return statements.join('\n');
}
