import { randomUUID } from 'node:crypto';

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type';
const RISC = 'https://schemas.openid.net/secevent/risc/event-type';
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type';

/** Events about users, sessions and clients, which a receiver can choose. */
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
  /** Events of one subject are delivered in their order: the id of the user, client or stream. */
  subject: string;
  /** The same for all events of one transaction of the database. */
  txn: string;
  type: string;
  claims: { sub_id: object; toe?: number; payload: object };
  /** It is not sent before, in ISO 8601; absent: at once. */
  notBefore?: string;
}

/** An access event of the outbox. */
export interface AccessEvent {
  kind: string;
  time: string;
  txn: string;
  data: Record<string, unknown>;
}

type Data = AccessEvent['data'];

interface Translation {
  type: string;
  payload?: object;
  /** The subject (RFC 9493), and whose events are in order. */
  subId: object;
  about: unknown;
}

type Translate = (data: Data, issuer: string) => Translation | null;

/** CAEP 1.0, section 2: a text for administrators. */
const reason = (en: string) => ({ reason_admin: { en } });

const ofUser =
  (type: string, payload: (data: Data) => object | null = () => ({})): Translate =>
  (data, issuer) => {
    const found = payload(data);
    const subId = toAccount(data.userId, issuer);
    return found && { type, payload: found, subId, about: data.userId };
  };

const ofClient =
  (type: string): Translate =>
  ({ clientId }, issuer) => ({ type, subId: toAccount(clientId, issuer), about: clientId });

/** Without a user, the session has ended too: its own event reports that. */
const ofSession =
  (text: string): Translate =>
  (data, issuer) => {
    if (data.userId === undefined) return null;
    const payload = reason(text);
    const subId = toSession(data, issuer);
    return { type: `${CAEP}/session-revoked`, payload, subId, about: data.userId };
  };

const TRANSLATIONS: Record<string, Translate> = {
  'session-ended': ofSession('The session has ended'),
  'grant-ended': ofSession('A client no longer acts for the user in this session'),
  'role-changed': ofUser(`${CAEP}/token-claims-change`, ({ role }) => ({
    ...reason('The role of the user has changed'),
    claims: { role },
  })),
  'credentials-changed': ofUser(`${CAEP}/credential-change`, toCredentialChange),
  'user-banned': ofUser(`${RISC}/account-disabled`),
  'ban-lifted': ofUser(`${RISC}/account-enabled`),
  'user-deleted': ofUser(`${RISC}/account-purged`),
  'client-disabled': ofClient(`${RISC}/account-disabled`),
  'client-enabled': ofClient(`${RISC}/account-enabled`),
  'client-deleted': ofClient(`${RISC}/account-purged`),
};

/** @returns `null` for an access event that has no security event: of a key, or of scopes. */
export function toSecurityEvent(event: AccessEvent, issuer: string): SecurityEvent | null {
  const { kind, time, txn, data } = event;
  const translate = Object.hasOwn(TRANSLATIONS, kind) ? TRANSLATIONS[kind]! : () => null;
  const translation = translate(data, issuer);
  if (!translation) return null;
  const { type, payload, subId, about } = translation;
  const end = typeof data.at === 'string' ? Date.parse(data.at) || 0 : 0;
  const at = Math.max(Date.parse(time), end);
  const toe = Math.floor(at / 1_000);
  const timed = type.startsWith(CAEP) ? { event_timestamp: toe } : {};
  const claims = { sub_id: subId, toe, payload: { ...timed, ...payload } };
  return { subject: String(about), txn, type, claims, notBefore: new Date(at).toISOString() };
}

/** CAEP 1.0, section 3.3.1. @returns `null` when the outbox does not contain the type. */
function toCredentialChange({ credential, change, authenticator }: Data): object | null {
  const type =
    credential === 'passkey'
      ? `fido2-${authenticator === 'platform' ? 'platform' : 'roaming'}`
      : CREDENTIAL_TYPES[String(credential)];
  if (type === undefined) return null;
  const text = reason('A credential of the user has changed');
  return { ...text, credential_type: type, change_type: change };
}

const CREDENTIAL_TYPES: Record<string, string> = {
  password: 'password',
  totp: 'app',
  provider: 'federated',
};

/** The account of a user or of a client, as the `sub` of its access tokens (RFC 9493, section 3.2). */
function toAccount(sub: unknown, iss: string): object {
  return { format: 'iss_sub', iss, sub };
}

/** SSF 1.0, section 3.3: of a grant, the session as far as one client acts in it. */
function toSession({ userId, sessionId, clientId }: Data, issuer: string): object {
  const session = { format: 'opaque', id: sessionId };
  const application = clientId === undefined ? {} : { application: toAccount(clientId, issuer) };
  return { format: 'complex', user: toAccount(userId, issuer), session, ...application };
}

/** An event about the stream itself (SSF 1.0, sections 8.1.4 and 8.1.5). */
export function toStreamEvent(
  type: string,
  { streamId, txn, payload }: { streamId: string; txn: string; payload: object },
): SecurityEvent {
  const sub_id = { format: 'opaque', id: streamId };
  return { subject: streamId, txn, type, claims: { sub_id, payload } };
}

/** Informs the receiver of the status of its stream and of the reason. */
export function toStatusEvent(
  streamId: string,
  payload: { status: string; reason: string },
): SecurityEvent {
  return toStreamEvent(STREAM_UPDATED, { streamId, txn: randomUUID(), payload });
}

/**
 * An error of a receiver (RFC 8935, section 2.4), which can have an old key set: the next attempt is
 * signed again, and the receiver reads the set anew.
 */
export const KEY_ERROR = 'invalid_key';
