import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An outbox of the ends and changes of access (docs/decisions/0010-access-events.md). Each row is
 * written in the transaction of the change, for every writer: a rolled-back change leaves no row.
 * A role that can make the change needs the right to insert here, and no other right.
 *
 * A transaction writes at most 1,000 rows. Instead of more it writes one row `reload`, which says
 * that anything can have changed. This also bounds a cascade, which runs one DELETE for each user.
 */
export class RecordAccessEvents1795465000000 implements MigrationInterface {
  readonly name = 'RecordAccessEvents1795465000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    for (const statement of UP) await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const SEARCH_PATH = 'SET search_path = pg_catalog, $SCHEMA, pg_temp';

/** Without nested loops: the time of a statement for many rows grows with their number. */
const TRIGGER = `RETURNS trigger LANGUAGE plpgsql ${SEARCH_PATH} SET enable_nestloop = off`;

/** `xid` is the transaction that wrote the row: a snapshot tells whether it was committed before. */
const CREATE_EVENTS = `
  CREATE TABLE "access_event" (
    "id" bigint GENERATED ALWAYS AS IDENTITY,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "occurred_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    "kind" text NOT NULL,
    "data" jsonb NOT NULL,
    CONSTRAINT "access_event_pkey" PRIMARY KEY ("id")
  )`;

/** PostgreSQL delivers equal notifications of a transaction once. */
const RECORD = `
  CREATE FUNCTION "gatehouse_record_events"(kinds text[], details jsonb[]) RETURNS void
  LANGUAGE plpgsql ${SEARCH_PATH} AS $$
  DECLARE
    recorded integer := coalesce(nullif(current_setting('gatehouse.recorded', true), ''), '0')::integer;
    total integer := recorded + cardinality(kinds);
  BEGIN
    IF kinds IS NULL OR recorded > 1000 THEN
      RETURN;
    END IF;
    IF total > 1000 OR 'reload' = ANY (kinds) THEN
      total := 1001;
      INSERT INTO access_event (kind, data) VALUES ('reload', '{}');
    ELSE
      INSERT INTO access_event (kind, data)
      SELECT kind, data FROM unnest(kinds, details) AS event (kind, data);
    END IF;
    PERFORM set_config('gatehouse.recorded', total::text, true);
    PERFORM pg_notify('gatehouse_events', '');
  END $$`;

/** A function that records what one SELECT finds in the rows of a statement. */
function recorder(name: string, select: { updated?: string; deleted?: string; inserted?: string }) {
  const branches = [
    ['DELETE', select.deleted],
    ['UPDATE', select.updated],
    ['INSERT', select.inserted],
  ].flatMap(([operation, query]) =>
    query === undefined
      ? []
      : `ELSIF TG_OP = '${operation}' THEN
           SELECT array_agg(kind), array_agg(data) INTO kinds, details
             FROM (${query} LIMIT 1001) AS event (kind, data);`,
  );
  return `
  CREATE FUNCTION "gatehouse_record_${name}"() ${TRIGGER} AS $$
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

const USERS = recorder('users', {
  deleted: `SELECT 'user-deleted', jsonb_build_object('userId', id) FROM old_rows`,
  updated: `
    SELECT event.kind, event.data
      FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
     CROSS JOIN LATERAL (VALUES
       ('user-deleted', n.id IS NULL, jsonb_build_object('userId', o.id)),
       ('user-banned', n.banned AND (NOT coalesce(o.banned, false) OR n.ban_expires IS DISTINCT FROM o.ban_expires),
         jsonb_build_object('userId', n.id, 'until', n.ban_expires)),
       ('ban-lifted', o.banned AND NOT coalesce(n.banned, false), jsonb_build_object('userId', n.id)),
       ('role-changed', n.role <> o.role, jsonb_build_object('userId', n.id, 'role', n.role))
     ) AS event (kind, applies, data)
     WHERE event.applies`,
});

/** The end of a session by time is no event: a row that is deleted after it is not recorded. */
const SESSIONS = recorder('sessions', {
  deleted: `
    SELECT 'session-ended', jsonb_build_object('sessionId', id, 'userId', user_id, 'at', clock_timestamp())
      FROM old_rows WHERE expires_at > clock_timestamp()`,
  updated: `
    SELECT 'session-ended', jsonb_build_object('sessionId', o.id, 'userId', o.user_id, 'at',
        CASE WHEN n.id IS NULL OR n.user_id <> o.user_id THEN clock_timestamp() ELSE n.expires_at END)
      FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
     WHERE n.id IS NULL OR n.user_id <> o.user_id OR n.expires_at < o.expires_at`,
});

const GRANT_ENDED = `
  SELECT 'grant-ended', jsonb_build_object('sessionId', session_id, 'clientId', client_id) FROM old_rows`;

const GRANTS = recorder('grants', { deleted: GRANT_ENDED, updated: GRANT_ENDED });

const CLIENTS = recorder('clients', {
  deleted: `SELECT 'client-deleted', jsonb_build_object('clientId', client_id) FROM old_rows`,
  updated: `
    SELECT event.kind, jsonb_build_object('clientId', o.client_id)
      FROM old_rows o LEFT JOIN new_rows n ON n.client_id = o.client_id
     CROSS JOIN LATERAL (VALUES
       ('client-deleted', n.client_id IS NULL),
       ('client-disabled', n.disabled AND NOT coalesce(o.disabled, false)),
       ('client-enabled', o.disabled AND NOT coalesce(n.disabled, false)),
       ('client-changed', n.scopes IS DISTINCT FROM o.scopes
          OR n.client_credentials_scopes IS DISTINCT FROM o.client_credentials_scopes
          OR n.grant_types IS DISTINCT FROM o.grant_types
          OR n.skip_consent IS DISTINCT FROM o.skip_consent)
     ) AS event (kind, applies)
     WHERE event.applies AND (n.client_id IS NOT NULL OR event.kind = 'client-deleted')`,
});

const KEYS = recorder('keys', {
  deleted: `SELECT 'key-withdrawn', jsonb_build_object('keyId', id) FROM old_rows`,
  updated: `
    SELECT 'key-withdrawn', jsonb_build_object('keyId', o.id)
      FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
     WHERE n.id IS NULL OR n.public_key <> o.public_key
        OR coalesce(n.expires_at, 'infinity') < coalesce(o.expires_at, 'infinity')`,
});

const CHANGED_OF = (rows: string) =>
  `SELECT DISTINCT 'credentials-changed', jsonb_build_object('userId', user_id) FROM ${rows}`;

const PASSWORDS = recorder('passwords', {
  deleted: CHANGED_OF('old_rows'),
  updated: CHANGED_OF(`(SELECT o.user_id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
    WHERE n.id IS NULL OR n.user_id <> o.user_id OR n.password IS DISTINCT FROM o.password) AS changed`),
});

const FACTORS = recorder('second_factors', {
  deleted: CHANGED_OF('old_rows'),
  updated: CHANGED_OF(`(SELECT o.user_id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
    WHERE n.id IS NULL OR n.verified IS DISTINCT FROM o.verified OR n.secret <> o.secret) AS changed`),
});

const PASSKEYS = recorder('passkeys', {
  deleted: CHANGED_OF('old_rows'),
  inserted: CHANGED_OF('new_rows'),
});

/** Table, function, events. */
const RECORDED = [
  ['user', 'users', ['updated', 'deleted', 'truncated']],
  ['session', 'sessions', ['updated', 'deleted', 'truncated']],
  ['oauth_grant', 'grants', ['updated', 'deleted', 'truncated']],
  ['oauth_client', 'clients', ['updated', 'deleted', 'truncated']],
  ['jwks', 'keys', ['updated', 'deleted', 'truncated']],
  ['account', 'passwords', ['updated', 'deleted', 'truncated']],
  ['two_factor', 'second_factors', ['updated', 'deleted', 'truncated']],
  ['passkey', 'passkeys', ['inserted', 'deleted', 'truncated']],
] as const;

const WHEN = {
  inserted: ['INSERT', 'REFERENCING NEW TABLE AS new_rows'],
  updated: ['UPDATE', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'],
  deleted: ['DELETE', 'REFERENCING OLD TABLE AS old_rows'],
  truncated: ['TRUNCATE', ''],
} as const;

const TRIGGERS = RECORDED.flatMap(([table, run, events]) =>
  events.map((event) => {
    const [operation, rows] = WHEN[event];
    return {
      name: `${table}_events_${event}`,
      table,
      sql: `AFTER ${operation} ON "${table}" ${rows} FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_record_${run}"()`,
    };
  }),
);

const UP = [
  CREATE_EVENTS,
  'CREATE INDEX "access_event_xid_idx" ON "access_event" ("xid")',
  'CREATE INDEX "access_event_occurred_at_idx" ON "access_event" ("occurred_at")',
  RECORD,
  USERS,
  SESSIONS,
  GRANTS,
  CLIENTS,
  KEYS,
  PASSWORDS,
  FACTORS,
  PASSKEYS,
  ...TRIGGERS.flatMap(({ name, table, sql }) => [
    `CREATE TRIGGER "${name}" ${sql}`,
    // Also with session_replication_role, which disables ordinary triggers.
    `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
  ]),
];

const DOWN = [
  ...TRIGGERS.map(({ name, table }) => `DROP TRIGGER "${name}" ON "${table}"`),
  ...RECORDED.map(([, run]) => `DROP FUNCTION "gatehouse_record_${run}"()`),
  'DROP FUNCTION "gatehouse_record_events"(text[], jsonb[])',
  'DROP TABLE "access_event"',
];
