import { recordClientDetails } from './client-details';
import { SESSION_MAPPING } from './schema';

/** The lifetime of a session without use, in seconds. */
const SESSION_LIFETIME_S = 7 * 24 * 60 * 60;

/** A session in use is extended at most once in this time, in seconds. */
const SESSION_UPDATE_AGE_S = 24 * 60 * 60;

/** Database hooks of sessions. */
export const SESSION_HOOKS = { create: { before: recordClientDetails } };

export const SESSION_OPTIONS = {
  ...SESSION_MAPPING,
  expiresIn: SESSION_LIFETIME_S,
  updateAge: SESSION_UPDATE_AGE_S,
  // Without a cookie cache: the row decides whether a session is in force, so an ended session
  // is refused at once.
  cookieCache: { enabled: false },
};
