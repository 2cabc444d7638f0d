import { INSTALLED_FEATURES, type TextsIn } from '../features/installed';

/** What is recorded outside the features. */
const OWN_ACTIONS = [
  'user.signed_up',
  'user.signed_in',
  'user.sign_in_failed',
  'user.signed_out',
  'user.created',
  'user.updated',
  'user.deleted',
  'user.exported',
  'user.role_changed',
  'user.banned',
  'user.unbanned',
  'user.password_changed',
  'user.password_reset_requested',
  'user.password_reset',
  'user.password_set',
  'user.email_change_requested',
  'user.email_changed',
  'user.email_verification_requested',
  'user.email_verified',
  'session.revoked',
  'session.others_revoked',
  'session.all_revoked',
  'impersonation.started',
  'impersonation.stopped',
  'account.linked',
  'account.unlinked',
  'two_factor.enabled',
  'two_factor.disabled',
  'two_factor.challenged',
  'two_factor.verified',
  'two_factor.failed',
  'two_factor.recovery_codes_generated',
  'two_factor.devices_forgotten',
  'passkey.added',
  'passkey.updated',
  'passkey.removed',
  'oauth.consent_granted',
  'oauth.consent_denied',
  'oauth.consent_updated',
  'oauth.consent_revoked',
  'oauth.token_issued',
  'oauth.token_refused',
  'oauth.tokens_revoked',
  'key.rotated',
  'key.removed',
  'key.revoked',
] as const;

/**
 * The closed list of what the audit log records: `<what it is about>.<what happened>`.
 * A name never changes its meaning, for events outlive the version that wrote them.
 * docs/guides/audit.md says who records each, and when; a feature declares its own.
 */
export const AUDIT_ACTIONS: readonly AuditAction[] = [
  ...OWN_ACTIONS,
  ...INSTALLED_FEATURES.flatMap(({ auditActions = [] }) => auditActions as AuditAction[]),
];

export type AuditAction = (typeof OWN_ACTIONS)[number] | TextsIn<'auditActions'>;

export const AUDIT_OUTCOMES = ['success', 'failure'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/**
 * Who acts: a user within a session, an OAuth client for itself, Gatehouse or its
 * operator (a schedule, the command line), or an anonymous caller.
 */
export const AUDIT_ACTOR_TYPES = ['user', 'client', 'system', 'anonymous'] as const;

export type AuditActorType = (typeof AUDIT_ACTOR_TYPES)[number];

const OWN_SUBJECT_TYPES = ['user', 'key'] as const;

/** What an event is about. What happens to a session or a passkey is about the user whose it is. */
export const AUDIT_SUBJECT_TYPES: readonly AuditSubjectType[] = [
  ...OWN_SUBJECT_TYPES,
  ...INSTALLED_FEATURES.flatMap(({ auditSubjects = [] }) => auditSubjects as AuditSubjectType[]),
];

export type AuditSubjectType = (typeof OWN_SUBJECT_TYPES)[number] | TextsIn<'auditSubjects'>;
