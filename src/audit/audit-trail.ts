import type { EntityManager } from 'typeorm';
import {
  type AuditAction,
  type AuditActor,
  type AuditEvent,
  type AuditOutcome,
  type AuditSubjectType,
  SYSTEM,
  toAuditInsert,
  withActingClient,
} from '../../contract';

/** The actor of an event: a principal and the context of its request. */
export interface EventActor {
  /** Absent when the caller is anonymous. */
  principal?: {
    userId?: string | null;
    sessionId?: string | null;
    clientId?: string | null;
    /** The administrator who acts as the user. */
    impersonatorId?: string | null;
  };
  caller: { address: string; userAgent: string; requestId: string };
}

export interface AuditRecord {
  action: AuditAction;
  /** `system`: a job, which no request has started. */
  actor: EventActor | 'system';
  /** The subject of the event; for a session, its user. */
  subject?: { type: AuditSubjectType; id: string };
  /** Default: `success`. */
  outcome?: AuditOutcome;
  /** The values before and after the change. Never a credential. */
  before?: object;
  after?: object;
  /** Further facts. Never a credential. */
  detail?: object;
}

/** Writes an event in the transaction of the change: both are committed, or neither. */
export async function recordAuditEvent(manager: EntityManager, record: AuditRecord): Promise<void> {
  const { sql, parameters } = toAuditInsert(toEvent(record));
  await manager.query(sql, parameters);
}

function toEvent({ actor, ...event }: AuditRecord): AuditEvent {
  if (actor === 'system') return { ...event, ...SYSTEM };
  const { address, userAgent, requestId } = actor.caller;
  return {
    ...event,
    detail: withActingClient(event.detail, actor.principal ?? {}),
    actor: toActor(actor.principal),
    origin: { address: address || null, userAgent: userAgent || null, requestId },
  };
}

function toActor(principal: EventActor['principal']): AuditActor {
  if (principal?.userId) {
    const { userId: id, sessionId, impersonatorId } = principal;
    return { type: 'user', id, sessionId, impersonatorId };
  }
  if (principal?.clientId) return { type: 'client', id: principal.clientId };
  return { type: 'anonymous', id: null };
}
