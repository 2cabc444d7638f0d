import { aboutEndedSession } from './account-rules';
import {
  type AuditEntry,
  type AuditFacts,
  type AuditRule,
  difference,
  userSubject,
} from './audit-facts';
import type { UserRow } from './request-notes';
import {
  BAN_FIELDS,
  INTROSPECTION_TOKEN_PATH,
  NOTICES_PATH,
  SERVICE_ACCOUNT_USERS_PATH,
  USER_FIELDS_BY_ACTION,
} from '../../contract';

/** Endpoints before which the user is read, to record the difference. */
export const PATHS_WITH_BEFORE = [
  '/admin/set-role',
  '/admin/update-user',
  '/admin/ban-user',
  '/admin/unban-user',
  '/admin/remove-user',
  '/admin/revoke-user-sessions',
];

/** Changes that administrators make with the endpoints of Better-Auth. */
export const ADMIN_RULES: Record<string, AuditRule> = {
  '/admin/create-user': done(created),
  [SERVICE_ACCOUNT_USERS_PATH]: done(created),
  '/admin/set-role': done(changed),
  '/admin/update-user': done(changed),
  '/admin/ban-user': done(changed),
  '/admin/unban-user': done(changed),
  '/admin/set-user-password': done(({ body }) => [
    { action: 'user.password_set', subject: userSubject(body.userId) },
  ]),
  '/admin/remove-user': done(({ body, userBefore }) => [
    {
      action: 'user.deleted',
      subject: userSubject(body.userId),
      before: { role: userBefore?.role },
    },
  ]),
  '/admin/revoke-user-session': done(aboutEndedSession),
  '/admin/revoke-user-sessions': done(endedSessions),
  '/admin/impersonate-user': done(({ body, notes }) => [
    {
      action: 'impersonation.started',
      subject: userSubject(body.userId),
      detail: { sessionId: notes.sessionsBegun.at(-1)?.id },
    },
  ]),
};

/** Administrative endpoints that change nothing. All others need a rule. */
const PATHS_WITHOUT_CHANGE = [
  '/admin/get-user',
  '/admin/list-users',
  '/admin/list-user-sessions',
  '/admin/has-permission',
  // The API records the change of which it sends a notice.
  NOTICES_PATH,
  INTROSPECTION_TOKEN_PATH,
];

/** Paths of Better-Auth's plugin, and of the endpoints that the API calls. */
const ADMINISTRATIVE = /^\/(admin|gatehouse)\//;

/** True for the endpoints by which administrators and service accounts change something. */
export function isAdministrative(path: string): boolean {
  return ADMINISTRATIVE.test(path) && !PATHS_WITHOUT_CHANGE.includes(path);
}

function done(rule: (facts: AuditFacts) => AuditEntry[] | null): AuditRule {
  return (facts) => (facts.refusal ? [] : rule(facts));
}

function created({ answer }: AuditFacts): AuditEntry[] | null {
  const { id, email, name, role, ...rest } = (answer.user ?? {}) as Partial<UserRow>;
  if (id === undefined) return null;
  const { emailVerified, banned, banReason, banExpires } = rest;
  const after = {
    email,
    name,
    role,
    ...(emailVerified === true && { emailVerified }),
    ...(banned === true && { banned, banReason, banExpires }),
  };
  return [{ action: 'user.created', subject: userSubject(id), after }];
}

/** Better-Auth accepts the id of a user that does not exist. */
function endedSessions({ userBefore, notes }: AuditFacts): AuditEntry[] | null {
  const sessions = notes.sessionsEnded.length;
  if (sessions === 0) return [];
  if (!userBefore) return null;
  const subject = userSubject(userBefore.id);
  return [{ action: 'session.all_revoked', subject, detail: { sessions } }];
}

/** One event for each kind of change, for all endpoints. */
function changed({ userBefore: before, notes }: AuditFacts): AuditEntry[] | null {
  const after = notes.usersChanged.at(-1);
  if (!after) return [];
  if (before?.id !== after.id) return null;
  const subject = userSubject(after.id);
  const fieldsByAction = {
    ...USER_FIELDS_BY_ACTION,
    [after.banned ? 'user.banned' : 'user.unbanned']: BAN_FIELDS,
  };
  return Object.entries(fieldsByAction).flatMap(([action, fields]) => {
    const values = difference(fields, { before, after });
    return values ? [{ action: action as AuditEntry['action'], subject, ...values }] : [];
  });
}
