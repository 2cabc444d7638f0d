import type { Request, RequestHandler, Response } from 'express';
import type { Pool } from 'pg';
import type { Auth } from '../../better-auth/auth';
import type { AuthConfig } from '../../common/config';
import type { UserContact } from '../../common/user-contact';
import { Resources } from '../../oauth/resources/resources';
import { createAuthCaller, type AuthAnswer, type CallAuth } from './auth-call';
import {
  createOAuthRequestFinder,
  keepOAuthRequest,
  type FindOAuthRequest,
  type OAuthRequest,
} from './oauth-request';
import { redirectTo } from './page-answer';
import { TEXTS, type ErrorCode } from './texts';

/** The dependencies of all pages. */
export interface PageParts {
  auth: Auth;
  config: AuthConfig;
  callAuth: CallAuth;
  findOAuthRequest: FindOAuthRequest;
  resources: Resources;
  /** Only in development without a mail server. */
  hasMailbox: boolean;
  pool: Pool;
}

/** A request for a page, with its authorization request. */
export interface Visit {
  request: Request;
  response: Response;
  oauth: OAuthRequest | null;
}

export type PageHandler = (visit: Visit, parts: PageParts) => Promise<void> | void;

export function createPageParts(
  given: Pick<PageParts, 'auth' | 'config' | 'hasMailbox' | 'pool'>,
): PageParts {
  const { auth, config, pool, hasMailbox } = given;
  return {
    auth,
    config,
    pool,
    hasMailbox,
    resources: new Resources(pool, config),
    callAuth: createAuthCaller(auth, config),
    findOAuthRequest: createOAuthRequestFinder(auth, config),
  };
}

export function handlePage(handler: PageHandler, parts: PageParts): RequestHandler {
  return async (request, response) => {
    const oauth = await parts.findOAuthRequest(request);
    await handler({ request, response, oauth }, parts);
  };
}

/** A field of a call's body: the provider continues the authorization request. */
export function continueOAuth({ oauth }: Visit): { oauth_query?: string } {
  return oauth ? { oauth_query: oauth.query } : {};
}

/** After a sign-in: back to the client, to the consent page, or to the start page. */
export function continueAfterSignIn(visit: Visit, { answer, config }: SignInAnswer): void {
  const { response, oauth } = visit;
  const { twoFactorRedirect, redirect, url } = answer.body;
  if (twoFactorRedirect) return response.redirect(303, keepOAuthRequest('/two-factor', oauth));
  // Without an authorization request, an answer never leads to another site.
  if (oauth && redirect && url) return redirectTo(response, { url, authUrl: config.authUrl });
  response.redirect(303, oauth ? resume(oauth) : '/');
}

interface SignInAnswer {
  answer: AuthAnswer;
  config: AuthConfig;
}

/** The provider repeats the steps that remain. */
function resume({ query }: OAuthRequest): string {
  const original = new URLSearchParams(query);
  const marks = [...original.keys()].filter((name) => /^(sig|exp|ba_\w+)$/.test(name));
  for (const name of marks) original.delete(name);
  return `/api/auth/oauth2/authorize?${original.toString()}`;
}

/** The text for an error code; an unknown code has none. */
export function explain({ status, body }: AuthAnswer): string {
  if (status === 429) return TEXTS.errors.TOO_MANY_REQUESTS;
  const { code = '' } = body;
  return Object.hasOwn(TEXTS.errors, code) ? TEXTS.errors[code as ErrorCode] : TEXTS.errors.OTHER;
}

/** The user of this browser's session. */
export async function findUser(visit: Visit, { callAuth }: PageParts): Promise<UserContact | null> {
  if (visit.request.headers.cookie === undefined) return null;
  const { body } = await callAuth(visit, { path: '/get-session' });
  return body.user ?? null;
}
