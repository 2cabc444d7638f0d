import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A change that ends sessions, proofs or grants deletes their rows. In REPEATABLE READ and
 * SERIALIZABLE it sees the rows of the start of its transaction: a session, a link or a grant that
 * began since then stayed, although the locks put both in an order. Such a change is refused there
 * (0A000). A deletion of the user, the session or the client is not: foreign keys find newer rows.
 *
 * A change of a role is not refused either. The begin of an impersonation writes the states of both
 * users, so that a change of a role with an older snapshot fails (40001).
 */
export class RefuseOldSnapshots1795802000000 implements MigrationInterface {
  readonly name = 'RefuseOldSnapshots1795802000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    for (const statement of FUNCTIONS) {
      await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
    }
    for (const [name, table, definition] of TRIGGERS) {
      await queryRunner.query(`CREATE TRIGGER "${name}" ${definition}`);
      await queryRunner.query(`ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name, table] of TRIGGERS) {
      await queryRunner.query(`DROP TRIGGER "${name}" ON "${table}"`);
    }
    await queryRunner.query('DROP FUNCTION "gatehouse_refuse_old_snapshot"()');
    await queryRunner.query('DROP FUNCTION "gatehouse_write_states"()');
  }
}

const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

const FUNCTIONS = [
  `CREATE FUNCTION "gatehouse_refuse_old_snapshot"() RETURNS trigger ${LANGUAGE} AS $$
   DECLARE
     gone jsonb;
   BEGIN
     IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
       RETURN NULL;
     ELSIF TG_OP = 'DELETE' THEN
       gone := to_jsonb(OLD);
       IF gone ? 'user_id' AND NOT EXISTS (SELECT FROM "user" WHERE id = gone ->> 'user_id')
          OR gone ? 'session_id' AND NOT EXISTS (SELECT FROM session WHERE id = gone ->> 'session_id')
          OR gone ? 'client_id'
             AND NOT EXISTS (SELECT FROM oauth_client WHERE client_id = gone ->> 'client_id') THEN
         RETURN NULL;
       END IF;
     ELSIF TG_OP = 'INSERT' THEN
       PERFORM FROM credential_state
         WHERE user_id = NEW.user_id AND created_in = pg_current_xact_id();
       IF FOUND THEN
         RETURN NULL;
       END IF;
     ELSIF TG_OP = 'UPDATE' AND TG_ARGV[0] = 'role' THEN
       PERFORM FROM credential_state WHERE user_id = OLD.id FOR NO KEY UPDATE;
       RETURN NULL;
     END IF;
     RAISE EXCEPTION 'a change that ends sessions or grants needs the isolation level READ COMMITTED'
       USING ERRCODE = 'feature_not_supported';
   END $$`,
  // In the order in which a session locks them.
  `CREATE FUNCTION "gatehouse_write_states"() RETURNS trigger ${LANGUAGE} AS $$
   BEGIN
     PERFORM FROM credential_state WHERE user_id IN (NEW.user_id, NEW.impersonated_by)
       ORDER BY user_id FOR NO KEY UPDATE;
     UPDATE credential_state SET changed_in = changed_in
      WHERE user_id IN (NEW.user_id, NEW.impersonated_by);
     RETURN NEW;
   END $$`,
];

const REFUSE = 'EXECUTE FUNCTION "gatehouse_refuse_old_snapshot"';

/** A truncation of resources truncates those of clients too. */
const TRUNCATED = [
  'oauth_consent',
  'oauth_refresh_token',
  'oauth_grant',
  'oauth_client_resource',
  'oauth_resource_scope',
];

/** Name, table, definition. The conditions are those of the triggers that end rows. */
const TRIGGERS: [name: string, table: string, definition: string][] = [
  [
    'user_refuses_old_snapshot',
    'user',
    `AFTER UPDATE ON "user" FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email
       OR OLD.two_factor_enabled IS DISTINCT FROM NEW.two_factor_enabled
       OR NEW.banned AND (NOT OLD.banned OR OLD.ban_expires IS DISTINCT FROM NEW.ban_expires))
     ${REFUSE}()`,
  ],
  [
    'user_role_refuses_old_snapshot',
    'user',
    `AFTER UPDATE ON "user" FOR EACH ROW WHEN (OLD.role IS DISTINCT FROM NEW.role)
     ${REFUSE}('role')`,
  ],
  [
    'account_refuses_old_snapshot',
    'account',
    `AFTER UPDATE ON "account" FOR EACH ROW
     WHEN (NEW.password IS NOT NULL AND OLD.password IS DISTINCT FROM NEW.password) ${REFUSE}()`,
  ],
  [
    'account_insert_refuses_old_snapshot',
    'account',
    `AFTER INSERT ON "account" FOR EACH ROW WHEN (NEW.password IS NOT NULL) ${REFUSE}()`,
  ],
  // After `session_acts_for_another`, which locks the users, and before `session_begins`.
  [
    'session_acts_recorded',
    'session',
    `BEFORE INSERT OR UPDATE OF user_id, impersonated_by ON "session" FOR EACH ROW
     WHEN (NEW.impersonated_by IS NOT NULL) EXECUTE FUNCTION "gatehouse_write_states"()`,
  ],
  [
    'oauth_consent_refuses_old_snapshot',
    'oauth_consent',
    `AFTER UPDATE ON "oauth_consent" FOR EACH ROW WHEN (OLD.client_id <> NEW.client_id
       OR OLD.user_id IS DISTINCT FROM NEW.user_id OR gatehouse_shrinks(OLD.scopes, NEW.scopes)
       OR gatehouse_shrinks(OLD.resources, NEW.resources)) ${REFUSE}()`,
  ],
  [
    'oauth_client_refuses_old_snapshot',
    'oauth_client',
    `AFTER UPDATE ON "oauth_client" FOR EACH ROW
     WHEN (gatehouse_shrinks(OLD.grant_types, NEW.grant_types)
       OR OLD.skip_consent AND NEW.skip_consent IS NOT TRUE) ${REFUSE}()`,
  ],
  [
    'oauth_client_resource_refuses_old_snapshot',
    'oauth_client_resource',
    `AFTER UPDATE ON "oauth_client_resource" FOR EACH ROW
     WHEN (OLD.client_id <> NEW.client_id OR OLD.resource_id <> NEW.resource_id) ${REFUSE}()`,
  ],
  [
    'oauth_resource_refuses_old_snapshot',
    'oauth_resource',
    `AFTER UPDATE ON "oauth_resource" FOR EACH ROW WHEN (OLD.identifier <> NEW.identifier
       OR (NEW.disabled AND NOT coalesce(OLD.disabled, false))
       OR gatehouse_shrinks(OLD.allowed_scopes, NEW.allowed_scopes)) ${REFUSE}()`,
  ],
  [
    'oauth_resource_scope_refuses_old_snapshot',
    'oauth_resource_scope',
    `AFTER UPDATE ON "oauth_resource_scope" FOR EACH ROW
     WHEN (OLD.name <> NEW.name OR OLD.resource <> NEW.resource) ${REFUSE}()`,
  ],
  ...[
    'oauth_consent',
    'oauth_grant',
    'oauth_client_resource',
    'oauth_resource',
    'oauth_resource_scope',
  ].map((table): [string, string, string] => [
    `${table}_deletion_refuses_old_snapshot`,
    table,
    `AFTER DELETE ON "${table}" FOR EACH ROW ${REFUSE}()`,
  ]),
  ...TRUNCATED.map((table): [string, string, string] => [
    `${table}_truncation_refuses_old_snapshot`,
    table,
    `AFTER TRUNCATE ON "${table}" FOR EACH STATEMENT ${REFUSE}()`,
  ]),
];
