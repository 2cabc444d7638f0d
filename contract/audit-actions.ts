import { INSTALLED_FEATURES, refuseRepeatedNames, type TextsIn } from '../features/installed';

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
 * The closed list of actions in the audit log: `<subject>.<what happened>`. A name never changes
 * its meaning, because events are kept longer than the version that wrote them.
 * docs/guides/audit.md has the writer of each action and the condition; a feature declares its
 * own.
 */
export const AUDIT_ACTIONS: readonly AuditAction[] = [
  ...OWN_ACTIONS,
  ...INSTALLED_FEATURES.flatMap(({ auditActions = [] }) => auditActions as AuditAction[]),
];

refuseRepeatedNames('auditActions', AUDIT_ACTIONS);

export type AuditAction = (typeof OWN_ACTIONS)[number] | TextsIn<'auditActions'>;

export const AUDIT_OUTCOMES = ['success', 'failure'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/**
 * The kinds of actors: a user within a session, an OAuth client for itself, Gatehouse or its
 * operator (a schedule, the command line), or an anonymous caller.
 */
export const AUDIT_ACTOR_TYPES = ['user', 'client', 'system', 'anonymous'] as const;

export type AuditActorType = (typeof AUDIT_ACTOR_TYPES)[number];

const OWN_SUBJECT_TYPES = ['user', 'key'] as const;

/** The kinds of subjects. An event about a session or a passkey has its user as subject. */
export const AUDIT_SUBJECT_TYPES: readonly AuditSubjectType[] = [
  ...OWN_SUBJECT_TYPES,
  ...INSTALLED_FEATURES.flatMap(({ auditSubjects = [] }) => auditSubjects as AuditSubjectType[]),
];

refuseRepeatedNames('auditSubjects', AUDIT_SUBJECT_TYPES);

export type AuditSubjectType = (typeof OWN_SUBJECT_TYPES)[number] | TextsIn<'auditSubjects'>;
