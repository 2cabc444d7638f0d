import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An access event refuses tokens in other backends, so it is recorded only when access is removed:
 *
 * - `key-withdrawn`: the key is gone, or verifies no longer what it signed. A rotation gives the
 *   key an earlier end of its signatures, and the key stays published.
 * - `client-changed`: a scope or a grant type is removed, or a consent becomes necessary.
 */
export class RecordRemovedAccess1795700300000 implements MigrationInterface {
  readonly name = 'RecordRemovedAccess1795700300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, { keys: WITHDRAWN, clients: NARROWED });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, { keys: WITHDRAWN_OR_ENDED, clients: CHANGED });
  }
}

async function replace(
  queryRunner: QueryRunner,
  conditions: { keys: string; clients: string },
): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  for (const statement of [keys(conditions.keys), clients(conditions.clients)]) {
    await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }
}

function recorder(name: string, { deleted, updated }: { deleted: string; updated: string }) {
  return `
  CREATE OR REPLACE FUNCTION "gatehouse_record_${name}"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, $SCHEMA, pg_temp SET enable_nestloop = off AS $$
  DECLARE
    kinds text[];
    details jsonb[];
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      kinds := ARRAY['reload'];
    ELSIF TG_OP = 'DELETE' THEN
      SELECT array_agg(kind), array_agg(data) INTO kinds, details
        FROM (${deleted} LIMIT 1001) AS event (kind, data);
    ELSIF TG_OP = 'UPDATE' THEN
      SELECT array_agg(kind), array_agg(data) INTO kinds, details
        FROM (${updated} LIMIT 1001) AS event (kind, data);
    END IF;
    PERFORM gatehouse_record_events(kinds, details);
    RETURN NULL;
  END $$`;
}

const keys = (isWithdrawn: string) =>
  recorder('keys', {
    deleted: `SELECT 'key-withdrawn', jsonb_build_object('keyId', id) FROM old_rows`,
    updated: `
      SELECT 'key-withdrawn', jsonb_build_object('keyId', o.id)
        FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
       WHERE n.id IS NULL OR ${isWithdrawn}`,
  });

const WITHDRAWN = `n.public_key <> o.public_key OR n.alg IS DISTINCT FROM o.alg`;

const WITHDRAWN_OR_ENDED = `n.public_key <> o.public_key
  OR coalesce(n.expires_at, 'infinity') < coalesce(o.expires_at, 'infinity')`;

const clients = (isChanged: string) =>
  recorder('clients', {
    deleted: `SELECT 'client-deleted', jsonb_build_object('clientId', client_id) FROM old_rows`,
    updated: `
      SELECT event.kind, jsonb_build_object('clientId', o.client_id)
        FROM old_rows o LEFT JOIN new_rows n ON n.client_id = o.client_id
       CROSS JOIN LATERAL (VALUES
         ('client-deleted', n.client_id IS NULL),
         ('client-disabled', n.disabled AND NOT coalesce(o.disabled, false)),
         ('client-enabled', o.disabled AND NOT coalesce(n.disabled, false)),
         ('client-changed', ${isChanged})
       ) AS event (kind, applies)
       WHERE event.applies AND (n.client_id IS NOT NULL OR event.kind = 'client-deleted')`,
  });

const LISTS = ['scopes', 'client_credentials_scopes', 'grant_types'] as const;

/** A list that is absent can stand for a default, so its change counts as a removal. */
const NARROWED = [
  ...LISTS.map(
    (column) => `(n.${column} IS DISTINCT FROM o.${column}
            AND NOT coalesce(n.${column} @> o.${column}, false))`,
  ),
  '(o.skip_consent AND n.skip_consent IS NOT TRUE)',
].join('\n          OR ');

const CHANGED = [...LISTS, 'skip_consent']
  .map((column) => `n.${column} IS DISTINCT FROM o.${column}`)
  .join('\n          OR ');
