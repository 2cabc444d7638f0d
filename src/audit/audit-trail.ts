import type { EntityManager } from 'typeorm';
import {
  type AuditAction,
  type AuditActor,
  type AuditOutcome,
  type AuditSubjectType,
  toAuditInsert,
} from '../../contract';

/** Who acts and from where, as far as the record goes: a principal and the context of its request. */
export interface AuditActing {
  /** Absent when the caller is anonymous. */
  principal?: {
    userId?: string | null;
    sessionId?: string | null;
    clientId?: string | null;
    /** Who acts as the user, where that is known and the session is gone already. */
    impersonatorId?: string | null;
  };
  caller: { address: string; userAgent: string; requestId: string };
}

export interface AuditRecord {
  action: AuditAction;
  acting: AuditActing;
  /** What it is about; for a session, the user whose it is. */
  subject?: { type: AuditSubjectType; id: string };
  /** Default: `success`. */
  outcome?: AuditOutcome;
  /** What changed, as it was and as it is. Never a credential. */
  before?: object;
  after?: object;
  /** What else there is to know. Never a credential. */
  detail?: object;
}

/**
 * Writes an event into the audit log within the caller's transaction: neither is there
 * without the other. To be called before the session of the actor is deleted, which knows
 * whether an administrator acts in it.
 */
export async function recordAuditEvent(manager: EntityManager, record: AuditRecord): Promise<void> {
  const { acting, ...event } = record;
  const { address, userAgent, requestId } = acting.caller;
  const { sql, parameters } = toAuditInsert({
    ...event,
    detail: withActingClient(event.detail, acting.principal),
    actor: toActor(acting.principal),
    origin: { address: address || null, userAgent: userAgent || null, requestId },
  });
  await manager.query(sql, parameters);
}

/** Adds the client that acts for a user. A service account is the actor itself. */
function withActingClient(
  detail: object | undefined,
  principal: AuditActing['principal'],
): object | undefined {
  const isForUser = principal?.userId && principal.clientId;
  return isForUser ? { ...detail, clientId: principal.clientId } : detail;
}

function toActor(principal: AuditActing['principal']): AuditActor {
  if (principal?.userId) {
    const { userId: id, sessionId, impersonatorId } = principal;
    return { type: 'user', id, sessionId, impersonatorId };
  }
  if (principal?.clientId) return { type: 'client', id: principal.clientId };
  return { type: 'anonymous', id: null };
}
