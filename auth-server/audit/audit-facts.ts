import type { Notes, UserRow } from './request-notes';
import {
  ACTING_CLIENT_HEADER,
  type AuditAction,
  type AuditActor,
  type AuditEvent,
  withActingClient,
} from '../../contract';

/** The facts about a request to Better-Auth, after its answer. */
export interface AuditFacts {
  /** The endpoint as Better-Auth names it: `/callback/:id`. */
  path: string;
  body: Record<string, unknown>;
  query: Record<string, unknown>;
  params: Record<string, string>;
  headers: Headers;
  /** The authorization request that a page answers. */
  oauthQuery: URLSearchParams;
  /** `null`: the request succeeded. */
  refusal: { status: number; code: string } | null;
  answer: Record<string, unknown>;
  /** A hook replaced the answer of the endpoint by a complete response. */
  isReplaced: boolean;
  /** The session of the request. */
  session: CallerSession | null;
  /** The user for whom a session was to begin, also when it was refused. */
  sessionUserId: string | null;
  /** The user before the change of an administrator. */
  userBefore: UserRow | null;
  notes: Notes;
  /** @returns the id of the user with an e-mail address; an address is not recorded. */
  findUserId(email: unknown): Promise<string | null>;
  /** @returns the id of the user whose sign-in waits for the second factor. */
  findChallengedUserId(): Promise<string | null>;
}

export interface CallerSession {
  session: { id: string; impersonatedBy?: string | null };
  user: UserRow;
}

/** An event without its origin. The actor is the caller unless the event names another. */
export type AuditEntry = Omit<AuditEvent, 'actor' | 'origin'> & { actor?: AuditActor };

/**
 * The events of a request to one endpoint: an empty list for a request that changed nothing,
 * `null` when something changed and the rule does not know what.
 */
export type AuditRule = (facts: AuditFacts) => AuditEntry[] | null | Promise<AuditEntry[] | null>;

export const ANONYMOUS: AuditActor = { type: 'anonymous', id: null };

export function actorOf({ session, headers }: AuditFacts): AuditActor {
  const client = headers.get(ACTING_CLIENT_HEADER);
  if (!session) return client === null ? ANONYMOUS : { type: 'client', id: client };
  const { id, impersonatedBy } = session.session;
  return { type: 'user', id: session.user.id, sessionId: id, impersonatorId: impersonatedBy };
}

/** Adds the client that acts for the user of the session. */
export function addActingClient(entry: AuditEntry, { session, headers }: AuditFacts): AuditEntry {
  const acting = { userId: session?.user.id, clientId: headers.get(ACTING_CLIENT_HEADER) };
  return { ...entry, detail: withActingClient(entry.detail, acting) };
}

export function userSubject(id: unknown): AuditEntry['subject'] {
  return typeof id === 'string' ? { type: 'user', id } : null;
}

/** One event about the caller, when the request succeeded. */
export function aboutCaller(
  action: AuditAction,
  describe: (facts: AuditFacts) => Partial<AuditEntry> = () => ({}),
): AuditRule {
  return (facts) => {
    if (facts.refusal || !facts.session) return [];
    return [{ action, subject: userSubject(facts.session.user.id), ...describe(facts) }];
  };
}

/** The same, and a failure when Better-Auth refuses for one of the reasons. */
export function alsoRefused(rule: AuditRule, action: AuditAction, codes: string[]): AuditRule {
  return (facts) => {
    const { refusal, session } = facts;
    if (!refusal || !codes.includes(refusal.code)) return rule(facts);
    const subject = userSubject(session?.user.id);
    return [{ action, outcome: 'failure', subject, detail: { reason: refusal.code } }];
  };
}

/** The named fields that have changed. */
export function difference(
  fields: readonly string[],
  { before, after }: { before: UserRow; after: UserRow },
): { before: object; after: object } | null {
  const changed = fields.filter((field) => toText(before[field]) !== toText(after[field]));
  if (changed.length === 0) return null;
  const pick = (row: UserRow) =>
    Object.fromEntries(changed.map((name) => [name, row[name] ?? null]));
  return { before: pick(before), after: pick(after) };
}

function toText(value: unknown): string {
  return JSON.stringify(value ?? null);
}
