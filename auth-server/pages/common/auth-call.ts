import type { Request, Response } from 'express';
import type { Auth } from '../../better-auth/auth';
import type { AuthConfig } from '../../common/config';
import type { UserContact } from '../../common/user-contact';
import { AUTH_BASE_PATH } from '../../../contract';
import { RESOLVED_ADDRESS_HEADER } from '../../common/request-origin';
import { PageFailure } from './page-failure';

/** The answer of Better-Auth. */
export interface AuthAnswer {
  ok: boolean;
  status: number;
  body: AuthBody;
  /** The target of a redirect. */
  location: string | null;
}

/** The fields of Better-Auth's answers that the pages read. */
export interface AuthBody {
  code?: string;
  /** Set in errors of OAuth endpoints. */
  error?: string;
  url?: string;
  redirect?: boolean;
  token?: string | null;
  twoFactorRedirect?: boolean;
  user?: UserContact;
}

export interface AuthCall {
  path: string;
  /** A call with a body is a POST. */
  body?: object;
}

/** Calls an endpoint for the sender of the request, and copies its cookies to the answer. */
export type CallAuth = (
  exchange: { request: Request; response: Response },
  call: AuthCall,
) => Promise<AuthAnswer>;

/** The headers of the request that the endpoints need: cookies, IP address, user agent. */
const FORWARDED_HEADERS = ['cookie', 'user-agent', 'x-request-id', RESOLVED_ADDRESS_HEADER];

/**
 * The pages use the public endpoints, with the same hooks and limits. The origin of the form was
 * checked before, so the call sends the auth server's own origin.
 */
export function createAuthCaller(auth: Auth, { authUrl }: AuthConfig): CallAuth {
  return async ({ request, response }, { path, body }) => {
    const headers = new Headers({ accept: 'application/json', origin: new URL(authUrl).origin });
    for (const name of FORWARDED_HEADERS) {
      const value = request.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    if (body) headers.set('content-type', 'application/json');
    const answer = await auth.handler(
      new globalThis.Request(`${authUrl}${AUTH_BASE_PATH}${path}`, {
        method: body ? 'POST' : 'GET',
        headers,
        body: body && JSON.stringify(body),
      }),
    );
    for (const cookie of answer.headers.getSetCookie()) response.append('Set-Cookie', cookie);
    return readAnswer(answer, response);
  };
}

async function readAnswer(answer: globalThis.Response, response: Response): Promise<AuthAnswer> {
  const { ok, status, headers } = answer;
  const retryAfter = headers.get('retry-after') ?? headers.get('x-retry-after');
  if (retryAfter !== null) response.set('Retry-After', retryAfter);
  if (status === 503) throw new PageFailure(503, 'unavailable');
  if (status >= 500) throw new PageFailure(500, 'unknown');
  const text = await answer.text();
  // A redirect has a media type and no body.
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
  const body = (isJson && text !== '' && (JSON.parse(text) as AuthBody | null)) || {};
  return { ok, status, body, location: headers.get('location') };
}
