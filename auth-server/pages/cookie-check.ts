import type { RequestHandler } from 'express';
import type { AuthConfig } from '../common/config';
import type { Problems } from './common/fields';
import { TEXTS } from './common/texts';

/** Says nothing about anybody; that it comes back says that sessions can be kept. */
const NAME = 'gatehouse.cookies';

/** Sent with every form, so that whoever cannot be signed in is told why. */
export function tryCookies({ authUrl }: AuthConfig): RequestHandler {
  const secure = authUrl.startsWith('https://');
  return (request, response, next) => {
    if (!keepsCookies(request.headers)) {
      response.cookie(NAME, '1', { httpOnly: true, sameSite: 'lax', secure });
    }
    next();
  };
}

function keepsCookies({ cookie }: { cookie?: string }): boolean {
  return cookie !== undefined;
}

export function cookieProblems(headers: { cookie?: string }): Problems {
  return keepsCookies(headers) ? {} : { form: TEXTS.errors.COOKIES_NEEDED };
}
