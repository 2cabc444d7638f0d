import { isJson, type Json } from './json';

const text = { type: 'string' };
const seconds = { type: 'integer' };

const USER = { $ref: '#/components/schemas/AuthUser' };

const SESSION_BEGUN: Json = {
  type: 'object',
  properties: { token: { ...text, description: 'Session token' }, user: USER },
  required: ['token', 'user'],
};

const SIGNED_IN: Json = {
  type: 'object',
  properties: {
    redirect: { type: 'boolean', description: 'Whether the client is to go to `url`' },
    url: { type: ['string', 'null'], description: '`callbackURL` of the request' },
    ...(SESSION_BEGUN.properties as Json),
  },
  required: ['redirect', 'token', 'user'],
};

const SECOND_STEP_DUE: Json = {
  type: 'object',
  description: 'There is no session yet: a code of one of the methods begins it',
  properties: {
    twoFactorRedirect: { type: 'boolean', enum: [true] },
    twoFactorMethods: { type: 'array', items: text, 'x-bound': 'fixed by the library' },
  },
  required: ['twoFactorRedirect', 'twoFactorMethods'],
};

const SENT_ON: Json = {
  type: 'object',
  properties: {
    redirect: { type: 'boolean' },
    url: { ...text, description: 'Where the client goes next' },
  },
  required: ['redirect', 'url'],
};

/** Schemas of successful answers that the library describes wrongly or not at all, by path. */
const SCHEMAS: Record<string, Json> = {
  '/sign-in/email': { anyOf: [SIGNED_IN, SECOND_STEP_DUE] },
  '/two-factor/verify-totp': SESSION_BEGUN,
  '/two-factor/verify-backup-code': SESSION_BEGUN,
  '/update-user': {
    type: 'object',
    properties: { status: { type: 'boolean' } },
    required: ['status'],
  },
  '/oauth2/authorize': SENT_ON,
  '/oauth2/consent': SENT_ON,
  '/oauth2/continue': SENT_ON,
  // Without a registered URI to return to, there is no value.
  '/oauth2/end-session': { anyOf: [SENT_ON, { type: 'null' }] },
};

/** Fields of successful answers that the library omits or describes wrongly, by path. */
const FIELDS: Record<string, Json> = {
  '/oauth2/token': {
    expires_at: { ...seconds, description: 'End of the access token (seconds since epoch)' },
  },
  '/oauth2/introspect': {
    aud: {
      anyOf: [text, { type: 'array', items: text, 'x-bound': 'one resource and userinfo' }],
      description: 'Audience of the token',
    },
    sid: { ...text, description: 'Session of the token' },
    role: { ...text, description: 'Role of the user, as it is now' },
    auth_time: { ...seconds, description: 'Time of the sign-in (seconds since epoch)' },
    amr: { type: 'array', items: text, 'x-bound': 'the methods of one sign-in' },
    act: {
      type: 'object',
      description: 'The administrator who impersonates the user (RFC 8693, section 4.1)',
      properties: { sub: text },
      required: ['sub'],
    },
  },
};

/** Descriptions of successful answers with which the library's are false, by path. */
const DESCRIPTIONS: Record<string, string> = {
  '/sign-in/email': 'The session, or the second step that is due',
  '/oauth2/revoke': 'The token is revoked, or is unknown. The body is an empty object',
};

/** A successful answer, as the auth server sends it. */
export function correctAnswer(answer: Json, path: string): Json {
  const copy = structuredClone(answer);
  const description = DESCRIPTIONS[path];
  if (description !== undefined) copy.description = description;
  const content = isJson(copy.content) ? copy.content : {};
  const media = content['application/json'];
  if (!isJson(media) || !isJson(media.schema)) return copy;
  Object.assign((media.schema.properties ?? {}) as Json, structuredClone(FIELDS[path]));
  if (SCHEMAS[path]) media.schema = structuredClone(SCHEMAS[path]);
  return copy;
}
