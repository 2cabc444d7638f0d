import {
  aboutCaller,
  alsoRefused,
  type AuditEntry,
  type AuditFacts,
  type AuditRule,
  difference,
  userSubject,
} from './audit-facts';
import { toStoredIdentifier } from '../common/stored-hashes';
import { PASSWORD_LINK } from './request-notes';
import { switchedSecondFactor } from './sign-in-rules';
import type { AuditAction } from '../../contract';
import { decodeJwtPayload } from '../../runtime/tokens/jwt-payload';

/** Changes that users make to their own accounts. */
export const ACCOUNT_RULES: Record<string, AuditRule> = {
  '/change-password': alsoRefused(
    aboutCaller('user.password_changed', ({ body }) => ({
      detail: { otherSessionsEnded: body.revokeOtherSessions === true },
    })),
    'user.password_changed',
    ['INVALID_PASSWORD'],
  ),
  '/request-password-reset': askedFor('user.password_reset_requested'),
  '/reset-password': passwordReset,
  '/change-email': emailChangeRequested,
  '/send-verification-email': askedFor('user.email_verification_requested'),
  '/verify-email': emailVerified,
  '/update-user': ownChange,
  '/revoke-session': aboutEndedSession,
  '/revoke-sessions': endedSessions('session.all_revoked'),
  '/revoke-other-sessions': endedSessions('session.others_revoked'),
  '/link-social': linked,
  '/unlink-account': aboutCaller('account.unlinked', ({ notes }) => ({
    detail: { provider: notes.accountsRemoved[0]?.providerId },
  })),
  '/two-factor/enable': switchedSecondFactorUnlessRefused,
  '/two-factor/disable': alsoRefused(switchedSecondFactorUnlessRefused, 'two_factor.disabled', [
    'INVALID_PASSWORD',
  ]),
  '/two-factor/generate-backup-codes': aboutCaller('two_factor.recovery_codes_generated'),
  '/two-factor/forget-devices': aboutCaller('two_factor.devices_forgotten'),
  '/passkey/verify-registration': aboutCaller('passkey.added', ({ answer }) => ({
    after: { passkeyId: answer.id ?? null, name: answer.name ?? null },
  })),
  '/passkey/update-passkey': aboutCaller('passkey.updated', ({ body }) => ({
    after: { passkeyId: body.id, name: body.name },
  })),
  '/passkey/delete-passkey': aboutCaller('passkey.removed', ({ body }) => ({
    before: { passkeyId: body.id },
  })),
};

/** The event has the id of the user with the e-mail address, not the address. */
function askedFor(action: AuditAction): AuditRule {
  return async (facts) =>
    facts.refusal
      ? []
      : [{ action, subject: userSubject(await facts.findUserId(facts.body.email)) }];
}

/** Better-Auth also removes expired links of other users. Only the link of the request is used. */
function passwordReset({ refusal, notes, body, query }: AuditFacts): AuditEntry[] {
  const action = 'user.password_reset';
  if (refusal) {
    const isGuess = refusal.code === 'INVALID_TOKEN';
    return isGuess ? [{ action, outcome: 'failure', detail: { reason: refusal.code } }] : [];
  }
  const used = `${PASSWORD_LINK}${String(body.token || query.token)}`;
  return notes.passwordLinksRemoved
    .filter(({ identifier }) => identifier === toStoredIdentifier(used) || identifier === used)
    .map(({ userId }) => ({ action, subject: userSubject(userId) }));
}

/** An unverified address is changed at once. */
function emailChangeRequested(facts: AuditFacts): AuditEntry[] {
  const { refusal, session, body } = facts;
  if (refusal || !session) return [];
  const changes = ownChange(facts);
  if (changes.length > 0) return changes;
  return [
    {
      action: 'user.email_change_requested',
      subject: userSubject(session.user.id),
      after: { email: body.newEmail },
    },
  ];
}

/** The link verifies an address: the present one, or a new one that replaces it. */
function emailVerified({ refusal, notes, query }: AuditFacts): AuditEntry[] {
  if (refusal) return [];
  return notes.usersChanged.flatMap((user, index): AuditEntry[] => {
    const { email, emailVerified: isProof } = notes.userChanges[index] ?? {};
    const subject = userSubject(user.id);
    if (email === undefined) return isProof ? [{ action: 'user.email_verified', subject }] : [];
    const before = { email: formerAddress(query.token) };
    return [{ action: 'user.email_changed', subject, before, after: { email } }];
  });
}

/** Better-Auth has accepted the link; its payload has the former address. */
function formerAddress(token: unknown): unknown {
  return decodeJwtPayload(String(token)).email;
}

function ownChange({ refusal, session, notes }: AuditFacts): AuditEntry[] {
  const before = session?.user;
  const after = notes.usersChanged.at(-1);
  if (refusal || !before || !after) return [];
  const profile = difference(['name', 'image'], { before, after });
  const email = difference(['email'], { before, after });
  const subject = userSubject(after.id);
  return [
    ...(profile ? [{ action: 'user.updated' as const, subject, ...profile }] : []),
    ...(email ? [{ action: 'user.email_changed' as const, subject, ...email }] : []),
  ];
}

export function aboutEndedSession({ refusal, notes }: AuditFacts): AuditEntry[] {
  if (refusal) return [];
  return notes.sessionsEnded.map(({ id: sessionId, userId, ipAddress, userAgent }) => ({
    action: 'session.revoked',
    subject: userSubject(userId),
    before: { sessionId, ipAddress, userAgent },
  }));
}

function endedSessions(action: AuditAction): AuditRule {
  return (facts) => {
    const sessions = facts.notes.sessionsEnded.length;
    return sessions === 0 ? [] : aboutCaller(action, () => ({ detail: { sessions } }))(facts);
  };
}

function linked(facts: AuditFacts): AuditEntry[] {
  return facts.notes.accountsMade.map(({ userId, providerId: provider }) => ({
    action: 'account.linked',
    subject: userSubject(userId),
    detail: { provider },
  }));
}

function switchedSecondFactorUnlessRefused(facts: AuditFacts): AuditEntry[] {
  return facts.refusal ? [] : switchedSecondFactor(facts);
}
