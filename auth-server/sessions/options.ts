import { METHODS_FIELD, methodsOf } from './authentication-methods';
import { type NewSession, toClientDetails } from './client-details';
import { SESSION_MAPPING } from './schema';
import { refuseUnknownRole } from './known-roles';
import { refuseUnverified } from './verified-users';
import { TABLES } from '../../contract';
import type { EndpointContext } from '../common/hook-types';

/** The lifetime of a session without use, in seconds. */
const SESSION_LIFETIME_S = 7 * 24 * 60 * 60;

/** A session in use is extended at most once in this time, in seconds. */
const SESSION_UPDATE_AGE_S = 24 * 60 * 60;

/** A session with at least this time left was extended within the last day. */
export const SECONDS_WITHOUT_EXTENSION = SESSION_LIFETIME_S - SESSION_UPDATE_AGE_S;

/** The session of the administrator in which an impersonation begins. It ends with that session. */
const BEGUN_IN_FIELD = {
  type: 'string',
  required: false,
  input: false,
  returned: false,
  fieldName: TABLES.session.columns.begunIn,
  references: { model: 'session', field: 'id', onDelete: 'cascade' },
} as const;

/** Database hooks of sessions. */
export const SESSION_HOOKS = { create: { before: recordSignIn } };

interface BegunSession extends NewSession {
  userId: string;
  impersonatedBy?: string | null;
}

/** How the user signed in, and with which client. */
async function recordSignIn<Row extends BegunSession>(session: Row, ctx: EndpointContext) {
  await refuseUnknownRole(session, ctx);
  await refuseUnverified(session, ctx);
  const details = toClientDetails(session, ctx);
  const begunIn = session.impersonatedBy ? ctx?.context.session?.session.id : null;
  return { data: { ...session, ...details, authenticationMethods: methodsOf(ctx), begunIn } };
}

export const SESSION_OPTIONS = {
  ...SESSION_MAPPING,
  additionalFields: { authenticationMethods: METHODS_FIELD, begunIn: BEGUN_IN_FIELD },
  expiresIn: SESSION_LIFETIME_S,
  updateAge: SESSION_UPDATE_AGE_S,
  // Without a cookie cache: the row decides whether a session is in force, so an ended session
  // is refused at once.
  cookieCache: { enabled: false },
};
