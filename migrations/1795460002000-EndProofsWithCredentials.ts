import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A link to set a password and a trusted device rest on the credentials of the request that
 * creates them. A change of the credentials that commits before the insert must win, as for a
 * session (EndSessionsWithCredentials1795430000000). The insert locks the state of the
 * credentials and adds no row when they have changed since the request began: the result is that
 * of a row that the change deletes.
 *
 * A new password and a change of the second factor delete trusted devices and sign-ins that wait
 * for the second factor, for every writer.
 *
 * A user has at most 10 links to set a password and 50 trusted devices. A further one replaces
 * the one that expires first.
 */
export class EndProofsWithCredentials1795460002000 implements MigrationInterface {
  readonly name = 'EndProofsWithCredentials1795460002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, DOWN);
  }
}

async function run(queryRunner: QueryRunner, statements: string[]): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  for (const statement of statements) {
    await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }
}

const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

/** A plan is made once for a connection, perhaps while the table is empty. */
const BY_INDEX = 'SET enable_seqscan = off';

const BEGIN_PROOF = `
  CREATE FUNCTION "gatehouse_begin_proof"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    state credential_state;
  BEGIN
    SELECT * INTO state FROM credential_state WHERE user_id = NEW.value FOR SHARE;
    IF NOT gatehouse_is_current(state, NEW.basis) THEN
      RETURN NULL;
    END IF;
    NEW.basis := NULL;
    RETURN NEW;
  END $$`;

/** The kind is the part of the identifier before the code. */
const BOUND_PROOFS = `
  CREATE FUNCTION "gatehouse_bound_proofs"() RETURNS trigger
  ${LANGUAGE} ${BY_INDEX} AS $$
  DECLARE
    kind text := TG_ARGV[0];
    most bigint := TG_ARGV[1];
    excess bigint;
  BEGIN
    PERFORM FROM verification WHERE value = NEW.value AND starts_with(identifier, kind)
      OFFSET most / 2 LIMIT 1;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7319046, hashtext(NEW.value));
    SELECT count(*) - most INTO excess FROM verification
     WHERE value = NEW.value AND starts_with(identifier, kind);
    IF excess > 0 THEN
      DELETE FROM verification WHERE id IN (
        SELECT id FROM verification
         WHERE value = NEW.value AND starts_with(identifier, kind) AND id <> NEW.id
         ORDER BY expires_at, id LIMIT excess FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN NULL;
  END $$`;

const FORGET_DEVICES = `
  CREATE FUNCTION "gatehouse_forget_devices"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    DELETE FROM verification WHERE value = NEW.id
      AND (starts_with(identifier, 'trust-device-') OR starts_with(identifier, '2fa-'));
    RETURN NULL;
  END $$`;

/** The same, for a user who takes the trust back: a device that is about to be trusted is not. */
const END_TRUST = `
  CREATE FUNCTION "gatehouse_end_trust"(owner text) RETURNS void ${LANGUAGE} AS $$
  BEGIN
    PERFORM gatehouse_change_credentials(owner, NULL);
    DELETE FROM verification WHERE value = owner
      AND (starts_with(identifier, 'trust-device-') OR starts_with(identifier, '2fa-'));
  END $$`;

/** A newer hash of the same password changes no credentials. */
const FORGET_BY_PASSWORD = `
  CREATE FUNCTION "gatehouse_forget_devices_by_password"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    DELETE FROM verification USING credential_state
     WHERE value = NEW.user_id AND user_id = NEW.user_id
       AND changed_in = pg_current_xact_id_if_assigned()
       AND (starts_with(identifier, 'trust-device-') OR starts_with(identifier, '2fa-'));
    RETURN NULL;
  END $$`;

const RESET = `(starts_with(NEW.identifier, 'reset-password:'))`;
const DEVICE = `(starts_with(NEW.identifier, 'trust-device-'))`;

/** Name, table, event with condition, function. */
const TRIGGERS = [
  [
    'verification_proof_begins',
    'verification',
    `BEFORE INSERT ON "verification" FOR EACH ROW WHEN (${RESET} OR ${DEVICE})`,
    '"gatehouse_begin_proof"()',
  ],
  [
    'verification_reset_bounded',
    'verification',
    `AFTER INSERT ON "verification" FOR EACH ROW WHEN ${RESET}`,
    `"gatehouse_bound_proofs"('reset-password:', '10')`,
  ],
  [
    'verification_device_bounded',
    'verification',
    `AFTER INSERT ON "verification" FOR EACH ROW WHEN ${DEVICE}`,
    `"gatehouse_bound_proofs"('trust-device-', '50')`,
  ],
  [
    'account_password_forgets_devices',
    'account',
    'AFTER INSERT OR UPDATE OF password ON "account" FOR EACH ROW WHEN (NEW.password IS NOT NULL)',
    '"gatehouse_forget_devices_by_password"()',
  ],
  [
    'user_second_factor_forgets_devices',
    'user',
    `AFTER UPDATE OF two_factor_enabled ON "user" FOR EACH ROW
       WHEN (OLD.two_factor_enabled IS DISTINCT FROM NEW.two_factor_enabled)`,
    '"gatehouse_forget_devices"()',
  ],
] as const;

const UP = [
  BEGIN_PROOF,
  BOUND_PROOFS,
  FORGET_DEVICES,
  END_TRUST,
  FORGET_BY_PASSWORD,
  ...TRIGGERS.flatMap(([name, table, event, call]) => [
    `CREATE TRIGGER "${name}" ${event} EXECUTE FUNCTION ${call}`,
    `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
  ]),
];

const DOWN = [
  ...TRIGGERS.map(([name, table]) => `DROP TRIGGER "${name}" ON "${table}"`),
  ...['begin_proof', 'bound_proofs', 'forget_devices', 'forget_devices_by_password'].map(
    (name) => `DROP FUNCTION "gatehouse_${name}"()`,
  ),
  'DROP FUNCTION "gatehouse_end_trust"(text)',
];
