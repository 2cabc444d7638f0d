import type { HookContext } from './hook-types';

/**
 * Whether a request has begun a session. Better-Auth also reports a session as new that the request
 * has only extended, once a day, with any answer: it has the id of the session of the request.
 */
export function beginsSession({ newSession, session }: HookContext['context']): boolean {
  return newSession !== null && newSession.session.id !== session?.session.id;
}
