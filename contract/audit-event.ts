import { LONGEST_USER_AGENT } from './bounds/input-bounds';
import type { AuditAction, AuditActorType, AuditOutcome, AuditSubjectType } from './audit-actions';

/** Who acted. */
export interface AuditActor {
  type: AuditActorType;
  /** Of the user or the client. */
  id: string | null;
  /** The session of the actor: it shows whether an administrator impersonates the user. */
  sessionId?: string | null;
  /** The impersonating administrator, when already known. */
  impersonatorId?: string | null;
}

/** Where a request came from. */
export interface AuditOrigin {
  address: string | null;
  userAgent: string | null;
  /** The same in both processes. */
  requestId: string | null;
}

/** One event of the audit log, as both processes write it. */
export interface AuditEvent {
  action: AuditAction;
  /** Default: `success`. */
  outcome?: AuditOutcome;
  actor: AuditActor;
  subject?: { type: AuditSubjectType; id: string } | null;
  origin: AuditOrigin;
  /** The values before and after the change. Never a credential. */
  before?: object | null;
  after?: object | null;
  /** Further facts: the method of a sign-in, the reason of a refusal. Never a credential. */
  detail?: object | null;
}

/** The actor and the origin of changes that no request has made: by a job, a command or a start. */
export const SYSTEM = {
  actor: { type: 'system', id: null },
  origin: { address: null, userAgent: null, requestId: null },
} as const satisfies Pick<AuditEvent, 'actor' | 'origin'>;

/** The fields of a user by the action that records their change. */
export const USER_FIELDS_BY_ACTION = {
  'user.updated': ['name', 'image', 'emailVerified'],
  'user.email_changed': ['email'],
  'user.role_changed': ['role'],
} as const satisfies Partial<Record<AuditAction, string[]>>;

/** The fields of a ban; `user.banned` and `user.unbanned` record their change. */
export const BAN_FIELDS = ['banned', 'banReason', 'banExpires'] as const;

/**
 * The details of an event with the client that acts for a user. A service account is the actor
 * itself.
 */
export function withActingClient(
  detail: AuditEvent['detail'],
  { userId, clientId }: { userId?: string | null; clientId?: string | null },
): AuditEvent['detail'] {
  return userId && clientId ? { ...detail, clientId } : detail;
}

/**
 * Without an impersonator the same statement finds the one of the session, so no caller can omit
 * it. Write the event before the session of its actor is deleted.
 */
const INSERT_AUDIT_EVENT = `
  INSERT INTO audit_event (action, outcome, actor_type, actor_id, impersonator_id, subject_type,
                           subject_id, ip_address, user_agent, request_id, before, after, detail)
  SELECT $1, $2, $3, $4, coalesce($5, (SELECT impersonated_by FROM session WHERE id = $6)), $7,
         $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14::jsonb`;

/** The longest stored part of other texts: longer than all values of a user or a client. */
const TEXT_LENGTH = 4_096;

/** The statement that writes an event, for the connection of its change. */
export function toAuditInsert(event: AuditEvent): { sql: string; parameters: unknown[] } {
  const { action, outcome = 'success', actor, subject, origin, before, after, detail } = event;
  const parameters = [
    action,
    outcome,
    actor.type,
    actor.id,
    actor.impersonatorId ?? null,
    actor.sessionId ?? null,
    subject?.type ?? null,
    subject?.id ?? null,
    origin.address,
    origin.userAgent ? toStorable(origin.userAgent, LONGEST_USER_AGENT) : null,
    origin.requestId,
    toJson(before),
    toJson(after),
    toJson(detail),
  ];
  return { sql: INSERT_AUDIT_EVENT, parameters };
}

function toJson(value: object | null | undefined): string | null {
  if (!value || Object.keys(value).length === 0) return null;
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? toStorable(part, TEXT_LENGTH) : part,
  );
}

/** PostgreSQL stores neither NUL nor an unpaired surrogate. */
function toStorable(text: string, length: number): string {
  return text.slice(0, length).toWellFormed().replaceAll('\0', '');
}
