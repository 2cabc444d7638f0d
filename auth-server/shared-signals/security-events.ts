const CAEP = 'https://schemas.openid.net/secevent/caep/event-type';
const RISC = 'https://schemas.openid.net/secevent/risc/event-type';
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type';

/** Events about users and sessions, which a receiver can choose. */
export const EVENTS_SUPPORTED = [
  `${CAEP}/session-revoked`,
  `${CAEP}/token-claims-change`,
  `${CAEP}/credential-change`,
  `${RISC}/account-disabled`,
  `${RISC}/account-enabled`,
  `${RISC}/account-purged`,
] as const;

/** Events about the stream itself, which every stream gets. */
export const VERIFICATION = `${SSF}/verification`;
export const STREAM_UPDATED = `${SSF}/stream-updated`;

/** The part of a security event token that is stored until the token is signed. */
export interface SecurityEvent {
  /** Events of one subject are delivered in their order: the id of the user or of the stream. */
  subject: string;
  /** The same for all events of one transaction of the database. */
  txn: string;
  type: string;
  claims: { sub_id: object; toe?: number; payload: object };
}

/** An access event of the outbox. */
export interface AccessEvent {
  kind: string;
  time: string;
  txn: string;
  data: Record<string, unknown>;
}

/** The type of a credential (CAEP 1.0, section 3.3.1), by the name of the access event. */
const CREDENTIAL_TYPES: Record<string, string> = {
  password: 'password',
  totp: 'app',
  passkey: 'fido2-roaming',
  provider: 'federated',
};

type ToEvent = (data: Record<string, unknown>) => { type: string; payload?: object };

const TRANSLATIONS: Record<string, ToEvent> = {
  'session-ended': () => ({ type: `${CAEP}/session-revoked` }),
  'role-changed': ({ role }) => ({
    type: `${CAEP}/token-claims-change`,
    payload: { claims: { role } },
  }),
  'credentials-changed': ({ credential, change }) => ({
    type: `${CAEP}/credential-change`,
    payload: {
      credential_type: CREDENTIAL_TYPES[String(credential)] ?? 'password',
      change_type: change ?? 'update',
    },
  }),
  'user-banned': () => ({ type: `${RISC}/account-disabled` }),
  'ban-lifted': () => ({ type: `${RISC}/account-enabled` }),
  'user-deleted': () => ({ type: `${RISC}/account-purged` }),
};

/** @returns `null` for an access event that has no security event: of a client, a grant or a key. */
export function toSecurityEvent(event: AccessEvent, issuer: string): SecurityEvent | null {
  const { kind, time, txn, data } = event;
  const translate = Object.hasOwn(TRANSLATIONS, kind) ? TRANSLATIONS[kind] : undefined;
  if (!translate) return null;
  const { type, payload } = translate(data);
  const toe = Math.floor(Date.parse(time) / 1_000);
  const subject = String(data.userId);
  const timed = type.startsWith(CAEP) ? { event_timestamp: toe } : {};
  const claims = { sub_id: toSubject(data, issuer), toe, payload: { ...timed, ...payload } };
  return { subject, txn, type, claims };
}

/** RFC 9493, section 3.2; SSF 1.0, section 3.3 for a session of the user. */
function toSubject({ userId, sessionId }: Record<string, unknown>, issuer: string): object {
  const user = { format: 'iss_sub', iss: issuer, sub: userId };
  if (sessionId === undefined) return user;
  return { format: 'complex', user, session: { format: 'opaque', id: sessionId } };
}

/** An event about the stream itself (SSF 1.0, sections 8.1.4 and 8.1.5). */
export function toStreamEvent(
  type: string,
  { streamId, txn, payload }: { streamId: string; txn: string; payload: object },
): SecurityEvent {
  const sub_id = { format: 'opaque', id: streamId };
  return { subject: streamId, txn, type, claims: { sub_id, payload } };
}
