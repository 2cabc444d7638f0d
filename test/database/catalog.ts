import type { Pool } from 'pg';
import { FEATURE_TABLES } from '../../contract';

export interface KeyDescription {
  table: string;
  columns: string[];
  kind: 'primary' | 'unique' | 'foreign' | 'index';
  /** For a foreign key: its target and its action on delete. */
  target: string;
}

/** Tables without a model of Better-Auth. */
const OTHER_TABLES = [
  'migrations',
  'typeorm_metadata',
  'credential_state',
  'mail_queue',
  'owner_notice',
  'oauth_grant',
  'oauth_ended_grant',
  'oauth_withdrawal',
  'oauth_removal',
  'oauth_resource_scope',
  'oauth_resource_server',
  'rate_limit',
  'idempotency_key',
  'installation_secret',
  'access_event',
  'event_stream',
  'event_delivery',
  'audit_event',
  'audit_retention',
  'audit_cleaning',
  'audit_repeat',
  ...FEATURE_TABLES,
];

const CONSTRAINTS = `
  SELECT c.conrelid::regclass::text AS "table",
         CASE c.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' ELSE 'foreign' END AS "kind",
         columns_of(c.conrelid, c.conkey) AS "columns",
         CASE WHEN c.contype = 'f' THEN
           ' → ' || c.confrelid::regclass || ' (' || array_to_string(columns_of(c.confrelid, c.confkey), ', ')
             || ') on delete ' || CASE c.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'other' END
         ELSE '' END AS "target"
    FROM pg_constraint c
   WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f')`;

const INDEXES = `
  SELECT i.indrelid::regclass::text AS "table", 'index' AS "kind",
         columns_of(i.indrelid, i.indkey::smallint[]) AS "columns", '' AS "target"
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
   WHERE t.relnamespace = 'public'::regnamespace AND NOT i.indisunique
     AND i.indisvalid AND i.indpred IS NULL`;

const COLUMNS_OF = `
  CREATE FUNCTION pg_temp.columns_of(relation oid, numbers smallint[]) RETURNS text[]
  LANGUAGE sql AS $$
    SELECT array_agg(a.attname::text ORDER BY n.position)
      FROM unnest(numbers) WITH ORDINALITY AS n(number, position)
      JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = n.number
  $$`;

/** Keys and plain indexes of our tables, from PostgreSQL's catalog. */
export async function readKeys(pool: Pool): Promise<KeyDescription[]> {
  const client = await pool.connect();
  try {
    await client.query(COLUMNS_OF);
    const query = `${CONSTRAINTS} UNION ALL ${INDEXES}`.replaceAll(
      'columns_of(',
      'pg_temp.columns_of(',
    );
    const { rows } = await client.query<KeyDescription>(query);
    return rows
      .map(({ table, target, columns, kind }) => ({
        table: unquoted(table),
        target: unquoted(target),
        columns,
        kind,
      }))
      .filter(({ table }) => !OTHER_TABLES.includes(table));
  } finally {
    client.release(true);
  }
}

/** `regclass` quotes reserved words, such as "user". */
function unquoted(text: string): string {
  return text.replaceAll('"', '');
}
