import type { Request, RequestHandler } from 'express';
import type { Problems } from './fields';
import { PageFailure } from './page-failure';
import { TEXTS } from './texts';
import { isEmailAddress } from '../../common/email-address';
import { readBody } from '../../../runtime/http/body-reader';

/** The largest form in bytes. */
const FORM_LIMIT = 20_000;

const readFormBody = readBody(FORM_LIMIT);

/** Reads a form as text; other media types are not forms of these pages. */
export const takeForm: RequestHandler = (request, response, next) => {
  if (!request.is('application/x-www-form-urlencoded')) return next();
  return readFormBody(request, response, (error) => {
    if (Buffer.isBuffer(request.body)) request.body = request.body.toString('utf8');
    next(error);
  });
};

/** The first value of each field, without white space around it. */
export function readForm(request: Request): (name: string) => string {
  const fields = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  return (name) => {
    const value = fields.get(name) ?? '';
    return PASSWORD_FIELDS.has(name) ? value : value.trim();
  };
}

/** A password keeps its white space. */
const PASSWORD_FIELDS = new Set(['password', 'newPassword', 'repeatPassword']);

/** The problem of an e-mail address that can be found without the database. */
export function emailProblem(email: string): string | false {
  if (!email) return TEXTS.errors.EMAIL_NEEDED;
  return !isEmailAddress(email) && TEXTS.errors.INVALID_EMAIL;
}

/** The values that have a problem. */
export function findProblems(given: Record<string, string | false>): Problems {
  const entries = Object.entries(given).filter(([, problem]) => problem !== false);
  return Object.fromEntries(entries) as Problems;
}

/**
 * Accepts forms of these pages only, with or without a session: other sites must not start a
 * sign-in either. A browser sends `Sec-Fetch-Site`, an older one `Origin`. A request with neither
 * is refused.
 */
export function refuseForeignForms(authUrl: string): RequestHandler {
  const { origin: own } = new URL(authUrl);
  return (request, _response, next) => {
    const { origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const isOwn =
      site === undefined ? origin === own : site === 'same-origin' && isOwnOrigin(origin);
    next(isOwn ? undefined : new PageFailure(403, 'foreign'));
  };

  function isOwnOrigin(origin: string | undefined): boolean {
    return origin === undefined || origin === own;
  }
}
