import type { RequestHandler, Response } from 'express';
import { type Access, AccessRefusal, assertAllowed, type Caller } from './access';

/** Lets callers in who fulfil the rule. Without a role each user may call the route; without a scope no client. */
export function requireAccess(
  access: Access,
  rule: { role?: string; scope?: string } = {},
): RequestHandler {
  return async (request, response, next) => {
    try {
      const caller = await access.verify(request.headers.authorization);
      assertAllowed(caller, rule);
      response.locals.caller = caller;
    } catch (error) {
      if (error instanceof AccessRefusal) refuse(response, error);
      else next(error);
      return;
    }
    next();
  };
}

/** The caller that {@link requireAccess} let in. */
export function callerOf(response: Response): Caller {
  return response.locals.caller as Caller;
}

/** The code is public, the reason is not (RFC 6750, section 3.1). */
function refuse(response: Response, { status, code }: AccessRefusal): void {
  if (status === 401) {
    const error = code === 'token_required' ? '' : ' error="invalid_token"';
    response.set('www-authenticate', `Bearer${error}`);
  }
  response.status(status).json({ code });
}
