import { runWithAdapter } from '@better-auth/core/context';
import type { AuthContext } from 'better-auth';
import { router } from 'better-auth/api';
import type { Auth } from './auth';
import { type Admission, refuseBusy } from '../admission/plugin';
import { DATABASE_UNAVAILABLE, RETRY_AFTER_S, toErrorBody } from '../common/errors';
import { asPartOfRequest, refuseUnread } from '../common/request-context';
import { recallOutage } from '../../runtime/database/database-scope';
import { toReason } from '../../runtime/fault-state';

/**
 * Better-Auth with one router for all requests. Its own handler makes all endpoints and their
 * routes again for each request. The router copies the context for each request; the base URL and
 * the trusted origins do not depend on the request.
 */
export function withOneRouter(auth: Auth, admission: Admission): Auth {
  let prepared: ReturnType<typeof prepare> | null = null;
  const handler = async (request: Request) => {
    prepared ??= prepare(auth);
    const handle = await prepared;
    const refusal = await refuseBusy(request, admission);
    return refusal ?? asPartOfRequest(() => handle(request));
  };
  return { ...auth, handler, fetch: handler };
}

async function prepare({ $context, options }: Auth) {
  // The type of a context names all plugins, and the router takes any.
  const context = (await $context) as unknown as AuthContext;
  const { handler } = router(context, options);
  return async (request: Request): Promise<Response> => {
    const work = runWithAdapter(context.adapter, () => handler(request));
    const answer = await work.catch(ignoreOutage);
    const outage = recallOutage();
    if (answer && !outage) {
      refuseUnread();
      return answer;
    }
    // Of a server error that it answers, Better-Auth has logged the cause.
    const isLogged = answer !== null && answer.status >= 500;
    if (!isLogged) context.logger.error(`a statement failed: ${toReason(outage)}`);
    return toUnavailable(request);
  };
}

/** The answer does not depend on the error: Better-Auth hides some, and throws others. */
function ignoreOutage(error: unknown): null {
  if (!recallOutage()) throw error;
  return null;
}

/**
 * Better-Auth continues after some failed statements, as if there was no row: a sign-out reports
 * success and leaves the session, and a user who is signed in is led to the sign-in page.
 */
function toUnavailable({ url }: Request): Response {
  return Response.json(toErrorBody(DATABASE_UNAVAILABLE, new URL(url).pathname), {
    status: DATABASE_UNAVAILABLE.status,
    headers: { 'retry-after': RETRY_AFTER_S },
  });
}
