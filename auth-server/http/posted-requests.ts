import type { Request, RequestHandler } from 'express';
import type { AuthConfig } from '../common/config';
import { AUTH_BASE_PATH } from '../../contract';

/** Requests that the page of a client may send as a form. */
const POSTED = ['authorize', 'end-session'].map((name) => `${AUTH_BASE_PATH}/oauth2/${name}`);

/**
 * Accepts forms of any page at two endpoints, where POST is required and means the same as GET
 * (OpenID Connect Core 1.0, section 3.1.2.1; RP-Initiated Logout 1.0, section 2). A page of the same
 * site sends the cookies with its own origin, or without one: Better-Auth would answer 403. A link,
 * whose origin no server sees, has the same effect.
 *
 * After the cross-origin rules, which compare the origin as it came.
 */
export function acceptPostedRequests({ authUrl }: Pick<AuthConfig, 'authUrl'>): RequestHandler {
  const { origin } = new URL(authUrl);
  return (request, _response, next) => {
    if (isPosted(request)) request.headers.origin = origin;
    next();
  };
}

export function isPosted({ method, path }: Pick<Request, 'method' | 'path'>): boolean {
  return method === 'POST' && POSTED.includes(path);
}
