import { toNodeHandler } from 'better-auth/node';
import type { RequestHandler, Response as ExpressResponse } from 'express';
import type { Auth } from './better-auth/auth';
import type { AuthConfig } from './common/config';
import { AUTH_BASE_PATH, JWKS_PATH } from '../contract';
import type { EndpointMethods } from './http/endpoint-methods';
import { isCallback, toCallbackAnswer } from './pages/callback-failure';
import { endsSession, toSignOutPage } from './pages/end-session';
import { requestContext } from './common/request-context';
import { toKeyTimes } from './signing-keys/key-ring';
import { recallOutage } from '../runtime/database/database-scope';
import {
  EMAIL_TAKEN,
  INTERNAL_ERROR,
  isOAuthPath,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  REFUSALS,
  sendError,
  toErrorAnswer,
  toErrorBody,
  UNREADABLE,
  VALUE_REFUSED,
  type ErrorAnswer,
} from './common/errors';

/** Better-Auth's own repeats what was sent. */
const UNSUPPORTED_MEDIA_TYPE: ErrorAnswer = {
  status: 415,
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'Bodies of this media type are not read here.',
};

/** As Better-Auth writes it where its answer has a body. */
const UNAUTHORIZED: ErrorAnswer = { status: 401, code: 'UNAUTHORIZED', message: 'Unauthorized' };

/** Better-Auth behind Express. */
export function handleAuth(
  auth: Auth,
  { config, methods }: { config: AuthConfig; methods: EndpointMethods },
): RequestHandler {
  const answer = async (request: Request) => {
    const response = await correctRefusal(await auth.handler(toGet(request)), request);
    return finish(answerUnrouted(response, { request, methods }), request);
  };
  const handle = toNodeHandler(answer);
  const handleKeys = toNodeHandler(async (request) => letCache(await answer(request), config));
  const { authUrl } = config;
  const handleSignOut = toNodeHandler(async (request) =>
    toSignOutPage(await answer(request), { request, authUrl }),
  );
  const handleCallback = toNodeHandler(async (request) => {
    const given = await answer(request).catch((error: unknown) => toRefusal(error, request));
    return toCallbackAnswer(given, { request, authUrl });
  });
  return (request, response) => {
    // A method that a `Request` of the fetch standard cannot have.
    if (request.method === 'TRACE') {
      const allowed = methods.allowedAt(AUTH_BASE_PATH + request.path);
      if (allowed) response.set('Allow', allowed.join(', '));
      return sendError(response, allowed ? METHOD_NOT_ALLOWED : NOT_FOUND);
    }
    if (endsSession(request.path)) return handleSignOut(request, response);
    if (isCallback(request.path)) return handleCallback(request, response);
    if (request.path !== JWKS_PATH) return handle(request, response);
    letOriginsRead(response);
    return handleKeys(request, response);
  };
}

/** @throws the error when it is no refusal: the last step logs it. */
function toRefusal(error: unknown, request: Request): Response {
  const answer = toErrorAnswer(error);
  if (answer.status >= 500) throw error;
  return toResponse(answer, request);
}

function withBody({ status, headers }: Response, { url }: Request): Response {
  const known = [NOT_FOUND, UNAUTHORIZED].find((answer) => answer.status === status);
  const body = toErrorBody(known ?? { ...UNREADABLE, status }, new URL(url).pathname);
  return Response.json(body, { status, headers });
}

/**
 * Better-Auth answers 404 to a wrong method. RFC 9110: 405 with `Allow` (section 15.5.6), and an
 * answer to `OPTIONS` (section 9.3.7).
 */
function answerUnrouted(
  response: Response,
  { request, methods }: { request: Request; methods: EndpointMethods },
): Response {
  if (response.status !== 404 || isJson(response.headers)) return response;
  const { method, url } = request;
  const allowed = methods.allowedAt(new URL(url).pathname);
  if (!allowed) return response;
  const headers = { allow: allowed.join(', ') };
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers });
  return allowed.includes(method) ? response : toResponse(METHOD_NOT_ALLOWED, request, headers);
}

/** Better-Auth's codes for a row that is not stored, with a status that blames the caller. */
const STORE_FAILURES = new Set([
  'FAILED_TO_CREATE_USER',
  'FAILED_TO_CREATE_SESSION',
  'FAILED_TO_UPDATE_USER',
]);

/**
 * The cause of a failure of the store is unknown, so the answer is an internal error, unless the
 * address is taken.
 */
async function correctRefusal(response: Response, request: Request): Promise<Response> {
  const isOfTheCaller = response.status >= 400 && response.status < 500;
  if (!isOfTheCaller || !isJson(response.headers)) return response;
  const text = await response.clone().text();
  // Some refusals have no body, for example those of an endpoint that is switched off.
  if (text === '') return withBody(response, request);
  const body = JSON.parse(text) as Record<string, string>;
  const { message = '', error, code = toCode(message) } = body;
  if (STORE_FAILURES.has(code)) {
    const isTaken = requestContext.getStore()?.isEmailTaken;
    return toResponse(isTaken ? EMAIL_TAKEN : INTERNAL_ERROR, request);
  }
  if (error !== undefined) return response;
  const isCoded = body.code !== undefined || message === '';
  return withAllFields(response, { code, message, request, isCoded });
}

/** Some refusals of Better-Auth have a message alone: the code is made as it makes others. */
function toCode(message: string): string {
  return message.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
}

/**
 * Adds the code, and the fields of OAuth to a refusal by a rule for all endpoints, for example a
 * limit, at one of the authorization server.
 */
function withAllFields(response: Response, { request, isCoded, ...refusal }: Refusal): Response {
  const { pathname } = new URL(request.url);
  const { status, headers } = response;
  if (isCoded && !isOAuthPath(pathname)) return response;
  return Response.json(toErrorBody({ status, ...refusal }, pathname), { status, headers });
}

interface Refusal extends Pick<ErrorAnswer, 'code' | 'message'> {
  request: Request;
  isCoded: boolean;
}

/** RFC 9110, section 9.3.2: `HEAD` is answered as `GET`. Node sends the answer without its content. */
function toGet(request: Request): Request {
  return request.method === 'HEAD' ? new Request(request, { method: 'GET' }) : request;
}

/**
 * Scripts of every origin may read the key set, as they may read the metadata that names it.
 * Trusted origins have the header already, with credentials.
 */
function letOriginsRead(response: ExpressResponse): void {
  if (response.hasHeader('Access-Control-Allow-Origin')) return;
  response.set('Access-Control-Allow-Origin', '*');
  response.set('Cross-Origin-Resource-Policy', 'cross-origin');
}

/** The time in which caches may keep the key set, in seconds. */
const LONGEST_JWKS_AGE_S = 60;

/** The key set is public. A new key is published for longer than caches may keep the key set. */
function letCache(response: Response, config: AuthConfig): Response {
  if (response.status !== 200) return response;
  const ahead = Math.floor(toKeyTimes(config).publishAhead / 1_000 / 2);
  const maxAge = Math.min(LONGEST_JWKS_AGE_S, ahead);
  response.headers.set('cache-control', `public, max-age=${maxAge}, must-revalidate`);
  return response;
}

function finish(response: Response, request: Request): Response {
  // The whole answer: `better-auth/routed-handler.ts`.
  if (recallOutage()) return response;
  const headers = new Headers(response.headers);
  // The CORS step has set these headers, for the origins that may read the answer.
  headers.delete('access-control-expose-headers');
  const context = requestContext.getStore();
  const isInternal = response.status >= 500;
  const refusal = response.status >= 400 && REFUSALS[context?.refusal ?? ''];
  if (refusal) return toResponse(refusal, request);
  // Hooks can replace the body of an error, but not its status.
  const { replacedStatus: status } = context ?? {};
  if (isInternal && status) return new Response(response.body, { status, headers });
  if (isInternal && context?.valueRefused) return toResponse(VALUE_REFUSED, request);
  if (response.status === 404 && !isJson(headers)) return toResponse(NOT_FOUND, request);
  if (response.status === 415) return toResponse(UNSUPPORTED_MEDIA_TYPE, request);
  if (isInternal && !isJson(headers)) return toResponse(INTERNAL_ERROR, request);
  const retryAfter = headers.get('x-retry-after');
  if (retryAfter !== null) headers.set('retry-after', retryAfter);
  return new Response(response.body, { status: response.status, headers });
}

function isJson(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('application/json') ?? false;
}

function toResponse(
  answer: ErrorAnswer,
  request: Request,
  headers: Record<string, string> = {},
): Response {
  const { pathname } = new URL(request.url);
  return Response.json(toErrorBody(answer, pathname), { status: answer.status, headers });
}
