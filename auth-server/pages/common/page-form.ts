import { text, type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import type { Problems } from './fields';
import { PageFailure } from './page-failure';
import { TEXTS } from './texts';

/** Largest form in bytes. */
const FORM_LIMIT = 20_000;

/** Takes a form in as text; another media type is no form of ours. */
export const takeForm: RequestHandler = text({
  type: 'application/x-www-form-urlencoded',
  limit: FORM_LIMIT,
  inflate: false,
});

/** The fields of the form, the first of each name; white space around them is not kept. */
export function readForm(request: Request): (name: string) => string {
  const fields = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  return (name) => {
    const value = fields.get(name) ?? '';
    return PASSWORD_FIELDS.has(name) ? value : value.trim();
  };
}

/** A password is what was typed, white space included. */
const PASSWORD_FIELDS = new Set(['password', 'newPassword', 'repeatPassword']);

/** What is wrong with an address before anybody is asked about it. */
export function emailProblem(email: string): string | false {
  if (!email) return TEXTS.errors.EMAIL_NEEDED;
  return !z.email().safeParse(email).success && TEXTS.errors.INVALID_EMAIL;
}

/** Of what was given, what is a problem. */
export function findProblems(given: Record<string, string | false>): Problems {
  const entries = Object.entries(given).filter(([, problem]) => problem !== false);
  return Object.fromEntries(entries) as Problems;
}

/**
 * Takes forms from our own pages alone, whoever is signed in: also a sign-in that another
 * site begins is refused. A browser says where a form comes from in `Sec-Fetch-Site`, older
 * ones in `Origin`; who says neither is no browser that our pages work in.
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
