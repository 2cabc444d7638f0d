import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * - `grant-ended` has the user, for Shared Signals. It is absent when the session ends with the
 *   grant: the event of the session has it.
 * - `credentials-changed` is also recorded for a new account (a first password, a linked provider),
 *   and a second factor is created when it is verified. A credential that belongs to the creation
 *   of its user is no change: the user is of the same transaction, or younger than ten seconds.
 * - The same password under a newer hash is no change.
 * - `authenticator` of a passkey is `platform` or `roaming`.
 */
export class DescribeGrantsAndCredentials1795700301000 implements MigrationInterface {
  readonly name = 'DescribeGrantsAndCredentials1795700301000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, DESCRIBED);
    for (const table of INSERTED_TABLES) {
      await queryRunner.query(`
        CREATE TRIGGER "${table}_events_inserted" AFTER INSERT ON "${table}"
          REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
          EXECUTE FUNCTION "gatehouse_record_${FUNCTIONS[table]}"()`);
      // Also with session_replication_role, which disables ordinary triggers.
      await queryRunner.query(
        `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${table}_events_inserted"`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of INSERTED_TABLES) {
      await queryRunner.query(`DROP TRIGGER "${table}_events_inserted" ON "${table}"`);
    }
    await replace(queryRunner, FORMER);
  }
}

const FUNCTIONS = { account: 'passwords', two_factor: 'second_factors' } as const;
const INSERTED_TABLES = ['account', 'two_factor'] as const;

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

const described = (credential: string, change: string, rows: string, more = '') =>
  `SELECT DISTINCT 'credentials-changed', jsonb_build_object(
     'userId', user_id, 'credential', ${credential}, 'change', ${change}${more}) FROM ${rows}`;

/** A subquery for each row uses the primary key. A join would read the whole table. */
const ADDED_TO_USER = `(SELECT u.created_at < now() - interval '10 s'
    AND u.xmin <> pg_current_xact_id()::xid FROM "user" u WHERE u.id = user_id)`;

const USER_OF_GRANT = '(SELECT s.user_id FROM session s WHERE s.id = session_id)';

const GRANT_ENDED = `
  SELECT 'grant-ended', jsonb_strip_nulls(jsonb_build_object(
    'sessionId', session_id, 'clientId', client_id, 'userId', ${USER_OF_GRANT})) FROM old_rows`;

const KIND_OF_ACCOUNT = `CASE provider_id WHEN 'credential' THEN 'password' ELSE 'provider' END`;

const changedAccounts = (isChanged: string) =>
  `(SELECT o.user_id, o.provider_id, n.id IS NULL OR n.user_id <> o.user_id AS is_gone
     FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
    WHERE n.id IS NULL OR n.user_id <> o.user_id OR ${isChanged}) AS changed`;

const OTHER_HASH = 'n.password IS DISTINCT FROM o.password';

/** The same password under a newer hash is no change: it leaves the state of the credentials. */
const OTHER_PASSWORD = `${OTHER_HASH} AND (n.password IS NULL OR (
    SELECT s.changed_in = pg_current_xact_id() FROM credential_state s WHERE s.user_id = o.user_id))`;

const FACTORS = `old_rows o LEFT JOIN new_rows n ON n.id = o.id`;

const CHANGED_FACTORS = `(SELECT o.user_id,
       CASE WHEN n.id IS NULL THEN 'delete' WHEN NOT o.verified THEN 'create'
            WHEN NOT n.verified THEN 'delete' ELSE 'update' END AS change
     FROM ${FACTORS}
    WHERE n.id IS NULL AND o.verified OR n.verified <> o.verified
       OR n.verified AND n.secret <> o.secret) AS changed`;

const FORMERLY_CHANGED_FACTORS = `(SELECT o.user_id, n.id IS NULL AS is_gone FROM ${FACTORS}
    WHERE n.id IS NULL OR n.verified IS DISTINCT FROM o.verified OR n.secret <> o.secret) AS changed`;

const UPDATED_OR_GONE = `CASE WHEN is_gone THEN 'delete' ELSE 'update' END`;

/** WebAuthn Level 3, section 5.8.4: only an authenticator of the platform has the transport `internal`. */
const AUTHENTICATOR = `, 'authenticator',
  CASE WHEN coalesce(transports, '') ~ '\\minternal\\M' THEN 'platform' ELSE 'roaming' END`;

const passwords = (isChanged: string) => ({
  deleted: described(KIND_OF_ACCOUNT, `'delete'`, 'old_rows'),
  updated: described(KIND_OF_ACCOUNT, UPDATED_OR_GONE, changedAccounts(isChanged)),
});

const DESCRIBED: Record<string, Selects> = {
  grants: { deleted: GRANT_ENDED, updated: GRANT_ENDED },
  passwords: {
    ...passwords(OTHER_PASSWORD),
    inserted: described(KIND_OF_ACCOUNT, `'create'`, `new_rows WHERE ${ADDED_TO_USER}`),
  },
  second_factors: {
    deleted: described(`'totp'`, `'delete'`, 'old_rows WHERE verified'),
    updated: described(`'totp'`, 'change', CHANGED_FACTORS),
    inserted: described(`'totp'`, `'create'`, `new_rows WHERE verified AND ${ADDED_TO_USER}`),
  },
  passkeys: {
    deleted: described(`'passkey'`, `'delete'`, 'old_rows', AUTHENTICATOR),
    inserted: described(`'passkey'`, `'create'`, 'new_rows', AUTHENTICATOR),
  },
};

const FORMER_GRANT_ENDED = `
  SELECT 'grant-ended', jsonb_build_object('sessionId', session_id, 'clientId', client_id) FROM old_rows`;

const FORMER: Record<string, Selects> = {
  grants: { deleted: FORMER_GRANT_ENDED, updated: FORMER_GRANT_ENDED },
  passwords: passwords(OTHER_HASH),
  second_factors: {
    deleted: described(`'totp'`, `'delete'`, 'old_rows'),
    updated: described(`'totp'`, UPDATED_OR_GONE, FORMERLY_CHANGED_FACTORS),
  },
  passkeys: {
    deleted: described(`'passkey'`, `'delete'`, 'old_rows'),
    inserted: described(`'passkey'`, `'create'`, 'new_rows'),
  },
};
