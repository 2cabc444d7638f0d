import { Injectable } from '@nestjs/common';
import type { AccessState, AccessSubject, KnownClient, KnownSession } from './access-state';
import type { KnownProfile } from '../principal/known-profile';
import { OAUTH_TABLES, selectProfile, TABLES } from '../../../contract';
import { TurnBatch } from './turn-batch';
import { DATABASE_LIMITS } from '../../../runtime/database/database-limits';
import { Problem } from '../../common/problems/problem';
import { PreparedStatements, type Query } from '../../database/prepared-statements';

const { columns: session } = TABLES.session;
const { columns: client } = OAUTH_TABLES.oauthClient;

const CLIENT = `
  c.${client.disabled} AS "disabled", coalesce(c.${client.skipConsent}, false) AS "firstParty",
  c.${client.scopes} AS "scopes",
  CASE WHEN c.${client.grantTypes} @> '["client_credentials"]'
       THEN c.${client.clientCredentialsScopes} END AS "ownScopes",
  (SELECT json_agg(json_build_object('identifier', r.identifier, 'since', r.created_at, 'scopes',
            (SELECT coalesce(json_agg(o.name), '[]') FROM oauth_resource_scope o
              WHERE o.resource = r.identifier)))
     FROM oauth_resource_server v JOIN oauth_resource r ON r.identifier = v.resource
    WHERE v.client_id = c.${client.clientId} AND r.disabled IS NOT TRUE) AS "resources"`;

/** A session that has ended by the clock of the database has ended, also where this clock is behind. */
const SESSION_AND_USER = `
  s.${session.id} AS "sessionId",
  CASE WHEN s.${session.expiresAt} > clock_timestamp() THEN s.${session.expiresAt}
       ELSE '-infinity' END AS "expiresAt",
  (SELECT json_object_agg(g.client_id, g.granted_at) FROM oauth_grant g
     JOIN "${OAUTH_TABLES.oauthClient.name}" gc ON gc.${client.clientId} = g.client_id
      AND gc.grant_generation = g.generation
    WHERE g.session_id = s.${session.id}) AS "grants",
  ${selectProfile('u')}`;

const JOIN_USER = `JOIN "${TABLES.user.name}" u ON u.${TABLES.user.columns.id} = s.${session.userId}`;

const CLIENT_ID = `c.${client.clientId} AS "clientId"`;

/**
 * The queries behind live access, one for each kind of subject. No query builder: in
 * `strict` one of them runs for the requests of each turn of the event loop.
 */
const SELECT_STATE = {
  sessions: {
    name: 'access-of-sessions',
    text: `SELECT ${SESSION_AND_USER} FROM "${TABLES.session.name}" s ${JOIN_USER}
      WHERE s.${session.id} = ANY ($1::text[])`,
  },
  grants: {
    name: 'access-of-grants',
    text: `
    SELECT ${SESSION_AND_USER}, ${CLIENT_ID}, ${CLIENT}
      FROM unnest($1::text[], $2::text[]) AS asked (session_id, client_id)
      JOIN "${TABLES.session.name}" s ON s.${session.id} = asked.session_id ${JOIN_USER}
      JOIN "${OAUTH_TABLES.oauthClient.name}" c ON c.${client.clientId} = asked.client_id`,
  },
  clients: {
    name: 'access-of-clients',
    text: `SELECT ${CLIENT_ID}, ${CLIENT} FROM "${OAUTH_TABLES.oauthClient.name}" c
      WHERE c.${client.clientId} = ANY ($1::text[])`,
  },
};

/** What a query is asked for: a session, a client that acts in it, or a client of its own. */
type Kind = keyof typeof SELECT_STATE;

type Ids = Pick<AccessSubject, 'sessionId' | 'clientId'>;

interface SessionRow extends Omit<KnownProfile, 'banExpires'> {
  sessionId: string;
  expiresAt: Time;
  /** `null`: none. */
  grants: Record<string, string> | null;
  banExpires: Time | null;
}

type SessionAndUser = Pick<AccessState, 'session' | 'user'>;

interface ClientRow {
  clientId: string;
  disabled: boolean;
  firstParty: boolean;
  /** `null`: no scopes. The provider has clients without a limit of scopes, Gatehouse has none. */
  scopes: string[] | null;
  ownScopes: string[] | null;
  /** `null`: none. */
  resources: { identifier: string; since: string; scopes: string[] }[] | null;
}

/** `infinity` of PostgreSQL is a number, all other times are dates. */
type Time = Date | number;

/** Reads the state that decides about access. */
@Injectable()
export class AccessStore {
  /** The states that were asked for, in each mode. */
  loads = 0;
  /** In `strict`, requests of the same turn share one query of their kind. */
  private readonly batches: Record<Kind, TurnBatch<AccessState>> = {
    sessions: this.batchOf('sessions'),
    grants: this.batchOf('grants'),
    clients: this.batchOf('clients'),
  };

  constructor(private readonly statements: PreparedStatements) {}

  /**
   * @returns `null` when a part of the subject does not exist.
   * @throws {Problem} `database_unavailable` when the answer takes too long.
   */
  load(subject: AccessSubject): Promise<AccessState | null> {
    this.loads += 1;
    return this.batches[kindOf(subject)].load(keyOf(subject));
  }

  private batchOf(kind: Kind): TurnBatch<AccessState> {
    return new TurnBatch((keys) => readStates({ kind, keys }, (query) => this.run(query)));
  }

  private run<Row>(query: Query): Promise<Row[]> {
    return withinLimit(this.statements.run<Row>(query));
  }
}

/** Runs one statement, on the pool or in a transaction. */
export type RunQuery = <Row>(query: Query) => Promise<Row[]>;

/** The state as the statement sees it. @returns `null` when a part of the subject does not exist. */
export async function readState(
  subject: AccessSubject,
  run: RunQuery,
): Promise<AccessState | null> {
  const key = keyOf(subject);
  const states = await readStates({ kind: kindOf(subject), keys: [key] }, run);
  return states.get(key) ?? null;
}

async function readStates(
  { kind, keys }: { kind: Kind; keys: string[] },
  run: RunQuery,
): Promise<Map<string, AccessState>> {
  const asked = keys.map((key) => JSON.parse(key) as [string | null, string | null]);
  const sessionIds = asked.map(([sessionId]) => sessionId);
  const clientIds = asked.map(([, clientId]) => clientId);
  const values = {
    sessions: [sessionIds],
    grants: [sessionIds, clientIds],
    clients: [clientIds],
  }[kind];
  const rows = await run<Partial<SessionRow> & Partial<ClientRow>>({
    ...SELECT_STATE[kind],
    values,
  });
  return new Map(rows.map((row) => [keyOfRow(row), toState(row)]));
}

function kindOf({ sessionId, clientId }: Ids): Kind {
  if (sessionId === null) return 'clients';
  return clientId === null ? 'sessions' : 'grants';
}

function keyOf({ sessionId, clientId }: Ids): string {
  return JSON.stringify([sessionId, clientId]);
}

function keyOfRow({ sessionId = null, clientId = null }: Partial<Ids>): string {
  return keyOf({ sessionId, clientId });
}

function toState(row: Partial<SessionRow> & Partial<ClientRow>): AccessState {
  const ofSession =
    row.sessionId === undefined
      ? { session: null, user: null }
      : toSessionAndUser(row as SessionRow);
  return {
    ...ofSession,
    client: row.clientId === undefined ? null : toClient(row as ClientRow),
  };
}

function toSessionAndUser(row: SessionRow): SessionAndUser {
  const { id: userId, expiresAt, grants, role, banned } = row;
  const banExpires = row.banExpires === null ? null : Number(row.banExpires);
  return {
    session: { userId, expiresAt: Number(expiresAt), grants: toGrants(grants) },
    user: { role, banned, banExpires, profile: toProfile(row) },
  };
}

/** Profiles that are longer are read again for each request, so that the memory is bounded. */
const LONGEST_PROFILE = 1_000;

function toProfile(row: SessionRow): KnownProfile | null {
  const { id, email, emailVerified, name, image, role, banned, banReason, banExpires } = row;
  const length = email.length + name.length + (image ?? '').length + (banReason ?? '').length;
  // A date outside the range of JavaScript has no text.
  if (length > LONGEST_PROFILE || typeof banExpires === 'number') return null;
  const { createdAt, updatedAt } = row;
  const texts = { id, email, name, image, banReason };
  return { ...texts, emailVerified, role, banned, banExpires, createdAt, updatedAt };
}

/** Most sessions have none: they share one object. */
const NO_GRANTS: KnownSession['grants'] = {};

function toGrants(grants: SessionRow['grants']): KnownSession['grants'] {
  if (grants === null) return NO_GRANTS;
  const times = Object.entries(grants).map(([id, time]) => [id, Date.parse(time)] as const);
  return Object.fromEntries(times);
}

/** Most clients are no resource servers: they share one list. */
const NO_RESOURCES: KnownClient['resources'] = [];

function toClient(row: ClientRow): KnownClient {
  const { disabled, firstParty, scopes, ownScopes, resources } = row;
  return {
    disabled,
    firstParty,
    scopes: scopes ?? [],
    ownScopes: ownScopes ?? [],
    resources: resources?.map((one) => ({ ...one, since: Date.parse(one.since) })) ?? NO_RESOURCES,
  };
}

/** Limits the time of a query. A query that exceeds the limit is answered with 503. */
async function withinLimit<T>(answer: Promise<T>): Promise<T> {
  const { access: limitMs } = DATABASE_LIMITS;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const cause = `no answer within ${limitMs} ms`;
    const give = () => reject(new Problem('database_unavailable', { cause }));
    timer = setTimeout(give, limitMs);
  });
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer));
}
