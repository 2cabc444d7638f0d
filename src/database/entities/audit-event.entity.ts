import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type {
  AuditAction,
  AuditActorType,
  AuditOutcome,
  AuditSubjectType,
} from '../../../contract';

/** An event of the audit log, written by {@link recordAuditEvent} and the auth server. */
@Entity('audit_event')
@Index('audit_event_occurred_at_idx', ['occurredAt', 'id'])
@Index('audit_event_action_idx', ['action', 'occurredAt', 'id'])
@Index('audit_event_actor_id_idx', ['actorId', 'occurredAt', 'id'])
@Index('audit_event_subject_id_idx', ['subjectId', 'occurredAt', 'id'])
@Check('audit_event_outcome_check', `"outcome" IN ('success', 'failure')`)
@Check('audit_event_actor_type_check', `"actor_type" IN ('user', 'client', 'system', 'anonymous')`)
export class AuditEventEntity {
  /** A whole number, larger for each event; text because it may outgrow a JavaScript number. */
  @PrimaryColumn({
    name: 'id',
    type: 'bigint',
    generated: 'identity',
    primaryKeyConstraintName: 'audit_event_pkey',
  })
  id!: string;

  /** Set by the database; a written value is ignored. */
  @Column({
    name: 'occurred_at',
    type: 'timestamptz',
    precision: 3,
    default: () => 'clock_timestamp()',
  })
  occurredAt!: Date;

  @Column({ name: 'action', type: 'text' })
  action!: AuditAction;

  @Column({ name: 'outcome', type: 'text', default: 'success' })
  outcome!: AuditOutcome;

  @Column({ name: 'actor_type', type: 'text' })
  actorType!: AuditActorType;

  @Column({ name: 'actor_id', type: 'text', nullable: true })
  actorId!: string | null;

  @Column({ name: 'impersonator_id', type: 'text', nullable: true })
  impersonatorId!: string | null;

  @Column({ name: 'subject_type', type: 'text', nullable: true })
  subjectType!: AuditSubjectType | null;

  @Column({ name: 'subject_id', type: 'text', nullable: true })
  subjectId!: string | null;

  @Column({ name: 'ip_address', type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ name: 'request_id', type: 'text', nullable: true })
  requestId!: string | null;

  @Column({ name: 'before', type: 'jsonb', nullable: true })
  before!: Record<string, unknown> | null;

  @Column({ name: 'after', type: 'jsonb', nullable: true })
  after!: Record<string, unknown> | null;

  @Column({ name: 'detail', type: 'jsonb', nullable: true })
  detail!: Record<string, unknown> | null;
}
