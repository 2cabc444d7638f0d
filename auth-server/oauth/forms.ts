import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { toScopeSet } from './requests/scope-set';
import { sendError } from '../common/errors';
import { requestContext } from '../common/request-context';
import { basicClientId } from '../../runtime/tokens/client-id';

/**
 * Removes a DPoP proof (RFC 9449). The provider would bind the token to its key, but no resource
 * server of this product verifies a proof. The client sees by `token_type` that the token is a
 * bearer token (RFC 9449, section 5).
 */
export const ignoreKeyProofs: RequestHandler = ({ headers }, _response, next) => {
  delete headers.dpop;
  next();
};

/** More than any request has. */
const MOST_PARAMETERS = 200;

/**
 * Refuses a form with too many parameters. The time of the checks below, and of the provider that
 * signs the parameters of an authorization request, grows with the square of their number.
 */
export const limitParameters: RequestHandler = (request, response, next) => {
  const text: unknown = request.body;
  const isForm = typeof text === 'string' && request.is('application/x-www-form-urlencoded');
  if (!isForm || text.split('&').length <= MOST_PARAMETERS) return next();
  sendError(response, refusal(`The form has more than ${MOST_PARAMETERS} parameters.`));
};

/** Below the path of Better-Auth. */
const AUTHORIZE = '/oauth2/authorize';

/** Longer than the requests of clients, in characters. */
const LONGEST_REQUEST = 7_000;

/**
 * Refuses an authorization request that is too long: it is stored with the code and with the state of
 * a sign-in with a provider, which also begin for callers without an account.
 */
export const limitAuthorizationRequest: RequestHandler = (request, response, next) => {
  const body: unknown = request.body;
  const length = request.url.length + (typeof body === 'string' ? body.length : 0);
  if (request.path !== AUTHORIZE || length <= LONGEST_REQUEST) return next();
  sendError(response, refusal(`The request has more than ${LONGEST_REQUEST} characters.`));
};

/**
 * The provider refuses repeated parameters of a query, with an answer that depends on the parameter.
 * Of a form it has only the last value of each: they are noted here for
 * `requests/authorization-request.ts`.
 */
export const noteRepeatedParameters: RequestHandler = ({ path, body }, _response, next) => {
  const context = requestContext.getStore();
  if (context && path === AUTHORIZE && typeof body === 'string') {
    const form = new URLSearchParams(body);
    const all = [...new Set(form.keys())].map((name) => [name, form.getAll(name)] as const);
    context.repeatedParameters = new Map(all.filter(([, values]) => values.length > 1));
  }
  next();
};

/** Endpoints that read forms, below the path of Better-Auth. */
const FORM_ENDPOINTS = [
  '/oauth2/token',
  '/oauth2/introspect',
  '/oauth2/revoke',
  // With the token in the form (RFC 6750, section 2.2).
  '/oauth2/userinfo',
];

/**
 * Not for the provider: the secret is in the header. A hint must not keep a token from being found
 * (RFC 7009, section 2.1; RFC 7662, section 2.1), and the provider searches only where it points.
 */
const REMOVED = ['client_secret', 'token_type_hint'];

/** The parameter without which an endpoint answers nothing. */
const REQUIRED: Record<string, string | undefined> = {
  '/oauth2/token': 'grant_type',
  '/oauth2/introspect': 'token',
  '/oauth2/revoke': 'token',
};

/** The parameter that may be repeated (RFC 8707, section 2). */
const REPEATABLE = 'resource';

const ONE_RESOURCE = {
  status: 400,
  code: 'INVALID_TARGET',
  message: 'A token is for one resource: ask for a token for each of them.',
};

/**
 * Checks a form before the provider, which takes the last of repeated values and accepts empty
 * values. A parameter without a value is omitted, and no parameter is repeated (RFC 6749, section
 * 3.2). The client id of the header and of the body must be the same, or the log would have the
 * wrong one. A scope is a set ({@link toScopeSet}).
 *
 * After {@link checkBody}, which leaves the body as text.
 */
export const parseForm: RequestHandler = (request, response, next) => {
  const text: unknown = request.body;
  if (!FORM_ENDPOINTS.includes(request.path)) return next();
  if (text === undefined) return passOn(request, response, next);
  const isForm = request.is('application/x-www-form-urlencoded');
  if (typeof text !== 'string' || !isForm) return next();
  const given = withoutEqualResources(text)
    .map(([name, value]): [string, string] => [name, name === 'scope' ? toScopeSet(value) : value])
    .filter(([, value]) => value !== '');
  if (given.filter(([name]) => name === REPEATABLE).length > 1) {
    return sendError(response, ONE_RESOURCE);
  }
  const repeated = findRepeated(given.map(([name]) => name));
  if (repeated !== null) return sendError(response, refusal(`${repeated} must not be repeated.`));
  if (countMethods(given, request.headers) > 1) {
    return sendError(response, refusal('A client authenticates by one method.'));
  }
  const named = given.find(([name]) => name === 'client_id')?.[1];
  const { authorization = '' } = request.headers;
  const proved = basicClientId(authorization);
  // The provider would read a part of it, as another client than the log.
  if (proved === null && /^Basic\b/i.test(authorization)) {
    return sendError(response, refusal('The credentials of HTTP Basic are malformed.'));
  }
  if (named !== undefined && proved !== null && named !== proved) {
    return sendError(response, refusal('client_id is not the client that proves itself.'));
  }
  const secret = given.find(([name]) => name === 'client_secret')?.[1];
  if (named !== undefined && secret !== undefined) {
    request.headers.authorization = toBasic(named, secret);
  }
  const rest = given.filter(([name]) => !REMOVED.includes(name));
  // An empty form is no body: see checkBody.
  request.body = rest.length > 0 ? new URLSearchParams(rest).toString() : undefined;
  passOn(request, response, next);
};

/** To the provider, whose answer to a request without a body does not name a parameter. */
function passOn({ method, path, body }: Request, response: Response, next: NextFunction): void {
  const required = REQUIRED[path];
  const isEmpty = method === 'POST' && body === undefined;
  if (isEmpty && required !== undefined) sendError(response, refusal(`${required} is required`));
  else next();
}

/**
 * A secret in the form (`client_secret_post`) is the same proof as one in the header, for which
 * clients are registered (RFC 6749, section 2.3.1).
 */
function toBasic(clientId: string, secret: string): string {
  const pair = [clientId, secret].map(encodeURIComponent).join(':');
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** RFC 6749, section 2.3. */
function countMethods(
  given: [string, string][],
  { authorization }: { authorization?: string },
): number {
  const names = given.map(([name]) => name);
  const inForm = ['client_secret', 'client_assertion'].filter((name) => names.includes(name));
  return inForm.length + (authorization === undefined ? 0 : 1);
}

/** A resource that is named twice is one resource. */
function withoutEqualResources(text: string): [string, string][] {
  const seen = new Set<string>();
  return [...new URLSearchParams(text)].filter(([name, value]) => {
    const isRepeated = name === REPEATABLE && seen.has(value);
    if (name === REPEATABLE) seen.add(value);
    return !isRepeated;
  });
}

function findRepeated(names: string[]): string | null {
  const repeated = names.find((name, index) => names.indexOf(name) < index && name !== REPEATABLE);
  // The name in the answer has only characters of parameter names.
  return repeated === undefined ? null : repeated.replaceAll(/[^\w.-]/g, '?').slice(0, 40);
}

function refusal(message: string) {
  return { status: 400, code: 'INVALID_REQUEST', message };
}
