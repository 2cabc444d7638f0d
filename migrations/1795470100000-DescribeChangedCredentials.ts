import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The event `credentials-changed` tells which kind of credential has changed, and how: `credential`
 * and `change`. Shared Signals requires both (CAEP 1.0, section 3.3).
 */
export class DescribeChangedCredentials1795470100000 implements MigrationInterface {
  readonly name = 'DescribeChangedCredentials1795470100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, DESCRIBED);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, PLAIN);
  }
}

interface Selects {
  inserted?: string;
  updated?: string;
  deleted?: string;
}

async function replace(queryRunner: QueryRunner, recorders: Record<string, Selects>) {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  for (const [name, selects] of Object.entries(recorders)) {
    await queryRunner.query(recorder(name, selects).replaceAll('$SCHEMA', schema));
  }
}

function recorder(name: string, { deleted, updated, inserted }: Selects): string {
  const branches = [
    ['DELETE', deleted],
    ['UPDATE', updated],
    ['INSERT', inserted],
  ].flatMap(([operation, query]) =>
    query === undefined
      ? []
      : `ELSIF TG_OP = '${operation}' THEN
           SELECT array_agg(kind), array_agg(data) INTO kinds, details
             FROM (${query} LIMIT 1001) AS event (kind, data);`,
  );
  return `
  CREATE OR REPLACE FUNCTION "gatehouse_record_${name}"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, $SCHEMA, pg_temp SET enable_nestloop = off AS $$
  DECLARE
    kinds text[];
    details jsonb[];
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      kinds := ARRAY['reload'];
    ${branches.join('\n')}
    END IF;
    PERFORM gatehouse_record_events(kinds, details);
    RETURN NULL;
  END $$`;
}

const described = (credential: string, change: string, rows: string) =>
  `SELECT DISTINCT 'credentials-changed', jsonb_build_object(
     'userId', user_id, 'credential', ${credential}, 'change', ${change}) FROM ${rows}`;

const KIND_OF_ACCOUNT = `CASE provider_id WHEN 'credential' THEN 'password' ELSE 'provider' END`;

const CHANGED_ACCOUNTS = `(SELECT o.user_id, o.provider_id, n.id IS NULL OR n.user_id <> o.user_id AS is_gone
     FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
    WHERE n.id IS NULL OR n.user_id <> o.user_id OR n.password IS DISTINCT FROM o.password) AS changed`;

const CHANGED_FACTORS = `(SELECT o.user_id, n.id IS NULL AS is_gone
     FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
    WHERE n.id IS NULL OR n.verified IS DISTINCT FROM o.verified OR n.secret <> o.secret) AS changed`;

const UPDATED_OR_GONE = `CASE WHEN is_gone THEN 'delete' ELSE 'update' END`;

const DESCRIBED: Record<string, Selects> = {
  passwords: {
    deleted: described(KIND_OF_ACCOUNT, `'delete'`, 'old_rows'),
    updated: described(KIND_OF_ACCOUNT, UPDATED_OR_GONE, CHANGED_ACCOUNTS),
  },
  second_factors: {
    deleted: described(`'totp'`, `'delete'`, 'old_rows'),
    updated: described(`'totp'`, UPDATED_OR_GONE, CHANGED_FACTORS),
  },
  passkeys: {
    deleted: described(`'passkey'`, `'delete'`, 'old_rows'),
    inserted: described(`'passkey'`, `'create'`, 'new_rows'),
  },
};

const plain = (rows: string) =>
  `SELECT DISTINCT 'credentials-changed', jsonb_build_object('userId', user_id) FROM ${rows}`;

const PLAIN: Record<string, Selects> = {
  passwords: { deleted: plain('old_rows'), updated: plain(CHANGED_ACCOUNTS) },
  second_factors: { deleted: plain('old_rows'), updated: plain(CHANGED_FACTORS) },
  passkeys: { deleted: plain('old_rows'), inserted: plain('new_rows') },
};
