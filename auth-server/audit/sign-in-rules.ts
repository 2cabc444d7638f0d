import {
  ANONYMOUS,
  type AuditEntry,
  type AuditFacts,
  type AuditRule,
  userSubject,
} from './audit-facts';
import { PROVIDER_ERRORS, PROVIDERS, toKnown } from './known-values';
import type { SessionRow } from './request-notes';

/** Sign-ins of all kinds, failed sign-ins, and sign-outs. */
export const SIGN_IN_RULES: Record<string, AuditRule> = {
  '/sign-up/email': async (facts) => [
    ...signedUp(facts, 'password'),
    ...signedIn(facts, 'password'),
  ],
  '/sign-in/email': async (facts) =>
    facts.refusal ? await failed(facts, 'password') : signedIn(facts, 'password'),
  '/sign-in/social': async (facts) => provider(facts, facts.body.provider),
  '/callback/:id': async (facts) => provider(facts, facts.params.id),
  '/oauth2/callback/:providerId': async (facts) => provider(facts, facts.params.providerId),
  '/passkey/verify-authentication': async (facts) =>
    facts.refusal ? await failed(facts, 'passkey') : signedIn(facts, 'passkey'),
  '/two-factor/verify-totp': async (facts) => secondStep(facts, 'totp'),
  '/two-factor/verify-otp': async (facts) => secondStep(facts, 'otp'),
  '/two-factor/verify-backup-code': async (facts) => secondStep(facts, 'recovery_code'),
  '/sign-out': signedOut,
  '/oauth2/end-session': signedOut,
  '/oauth2/end-session/confirm': signedOut,
  '/admin/stop-impersonating': signedOut,
};

function signedUp({ notes }: AuditFacts, method: string): AuditEntry[] {
  return notes.usersMade.map(({ id }) => ({
    action: 'user.signed_up',
    actor: { type: 'user', id },
    subject: userSubject(id),
    detail: { method },
  }));
}

/**
 * Sessions that have begun and still exist: the second factor ends the session of the first step.
 */
function signedIn(facts: AuditFacts, method: string): AuditEntry[] {
  const { sessionsBegun, sessionsEnded } = facts.notes;
  const ended = new Set(sessionsEnded.map(({ id }) => id));
  if (facts.answer.twoFactorRedirect === true) return sessionsBegun.map(challenged);
  return sessionsBegun
    .filter(({ id }) => !ended.has(id))
    .map(({ id: sessionId, userId }) => ({
      action: 'user.signed_in',
      actor: { type: 'user', id: userId },
      subject: userSubject(userId),
      detail: { method, sessionId },
    }));
}

function challenged({ userId }: SessionRow): AuditEntry {
  return { action: 'two_factor.challenged', actor: ANONYMOUS, subject: userSubject(userId) };
}

/** The e-mail address of a failed sign-in is recorded as the id of its user, or not at all. */
async function failed(facts: AuditFacts, method: string): Promise<AuditEntry[]> {
  const { refusal, body } = facts;
  if (!refusal || !isFailure(refusal, method)) return [];
  return [
    {
      action: 'user.sign_in_failed',
      outcome: 'failure',
      actor: ANONYMOUS,
      subject: userSubject(facts.sessionUserId ?? (await facts.findUserId(body.email))),
      detail: { method, reason: refusal.code },
    },
  ];
}

/** Any caller can send the error of a provider, and the path to which an error leads. */
function withKnownReason(facts: AuditFacts): AuditFacts {
  const { status, code } = facts.refusal!;
  if (status !== 400) return facts;
  return { ...facts, refusal: { status, code: toKnown(code, PROVIDER_ERRORS) } };
}

/** A request whose password was not checked is no attempt. */
function isFailure({ status }: { status: number }, method: string): boolean {
  return status === 401 || status === 403 || (status === 400 && method !== 'password');
}

/** A sign-in with a provider: of a new user, of a known user, or to link an account. */
async function provider(facts: AuditFacts, name: unknown): Promise<AuditEntry[]> {
  const method = toKnown(name, PROVIDERS);
  const { usersMade, accountsMade, sessionsBegun } = facts.notes;
  const isDone = sessionsBegun.length > 0 || accountsMade.length > 0;
  // The caller chooses the URL of the redirect. An error in it is no refusal of a sign-in.
  if (facts.refusal && !isDone) return failed(withKnownReason(facts), method);
  const isNew = new Set(usersMade.map(({ id }) => id));
  const linked = accountsMade.filter(({ userId }) => !isNew.has(userId));
  return [
    ...signedUp(facts, method),
    ...linked.map(({ userId, providerId }): AuditEntry => ({
      action: 'account.linked',
      // An administrator may act in the session; without a session the provider identifies the
      // user.
      ...(facts.session?.user.id !== userId && { actor: { type: 'user', id: userId } }),
      subject: userSubject(userId),
      detail: { provider: providerId },
    })),
    ...signedIn(facts, method),
  ];
}

/** The step of a sign-in, or the one that enables the second factor. */
async function secondStep(facts: AuditFacts, method: string): Promise<AuditEntry[]> {
  const { refusal, session, notes } = facts;
  if (refusal) {
    // The code was right, and its session is refused: a ban, or an address that is not verified.
    if (refusal.status === 403 && facts.sessionUserId) return failed(facts, 'two_factor');
    if (refusal.status !== 401 && refusal.status !== 429) return [];
    const userId = session?.user.id ?? (await facts.findChallengedUserId());
    const detail = { method, reason: refusal.code };
    return [
      { action: 'two_factor.failed', outcome: 'failure', subject: userSubject(userId), detail },
    ];
  }
  if (session) return switchedSecondFactor(facts);
  const { userId } = notes.sessionsBegun[0] ?? {};
  return [
    {
      action: 'two_factor.verified',
      actor: { type: 'user', id: userId ?? null },
      subject: userSubject(userId),
      detail: { method },
    },
    ...signedIn(facts, 'two_factor'),
  ];
}

/** The second factor was enabled or disabled when the user's row has changed. */
export function switchedSecondFactor({ notes, session }: AuditFacts): AuditEntry[] {
  return notes.userChanges
    .filter(
      ({ twoFactorEnabled: value }) =>
        typeof value === 'boolean' && value !== session?.user.twoFactorEnabled,
    )
    .map(({ twoFactorEnabled }) => ({
      action: twoFactorEnabled ? 'two_factor.enabled' : 'two_factor.disabled',
      subject: userSubject(session?.user.id),
    }));
}

/** The session has the id of the administrator who acted in it. */
function signedOut({ refusal, notes }: AuditFacts): AuditEntry[] {
  if (refusal) return [];
  return notes.sessionsEnded.map(({ id: sessionId, userId, impersonatedBy }) => ({
    action: impersonatedBy ? 'impersonation.stopped' : 'user.signed_out',
    actor: { type: 'user', id: userId, impersonatorId: impersonatedBy },
    subject: userSubject(userId),
    detail: { sessionId },
  }));
}
