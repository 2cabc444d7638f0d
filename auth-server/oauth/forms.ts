import type { RequestHandler } from 'express';
import { sendError } from '../common/errors';

/** Endpoints that programs send forms to, below Better-Auth's path. */
const FORM_ENDPOINTS = ['/oauth2/token', '/oauth2/introspect', '/oauth2/revoke'];

/** The one that may stand more than once (RFC 8707, section 2). */
const REPEATABLE = 'resource';

/**
 * Settles what a form says before the provider reads it, which takes the last of several
 * values and an empty one for a value: a parameter without a value is as good as left out,
 * and none may stand twice (RFC 6749, section 3.2). Nor may a client go by one name in the
 * header and by another in the body: the log would believe the wrong one.
 *
 * Behind {@link checkBody}, which leaves the body as text.
 */
export const parseForm: RequestHandler = (request, response, next) => {
  const text: unknown = request.body;
  if (!FORM_ENDPOINTS.includes(request.path) || typeof text !== 'string') return next();
  if (!request.is('application/x-www-form-urlencoded')) return next();
  const given = [...new URLSearchParams(text)].filter(([, value]) => value !== '');
  const repeated = findRepeated(given.map(([name]) => name));
  if (repeated !== null) return sendError(response, refusal(`${repeated} must not be repeated.`));
  const named = given.find(([name]) => name === 'client_id')?.[1];
  const proved = basicClientId(request.headers.authorization);
  if (named !== undefined && proved !== null && named !== proved) {
    return sendError(response, refusal('client_id is not the client that proves itself.'));
  }
  // No text, no body: see checkBody.
  request.body = given.length > 0 ? new URLSearchParams(given).toString() : undefined;
  next();
};

function findRepeated(names: string[]): string | null {
  const repeated = names.find((name, index) => names.indexOf(name) < index && name !== REPEATABLE);
  // Whatever was sent, it comes back as a name that a program may have.
  return repeated === undefined ? null : repeated.replaceAll(/[^\w.-]/g, '?').slice(0, 40);
}

function refusal(message: string) {
  return { status: 400, code: 'INVALID_REQUEST', message };
}

/** RFC 6749, section 2.3.1: written as in a form, in front of the first colon. */
export function basicClientId(authorization = ''): string | null {
  const [, encoded] = /^Basic ([\w+/=-]+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const [id = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1);
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
