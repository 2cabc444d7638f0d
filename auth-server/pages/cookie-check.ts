import type { RequestHandler } from 'express';
import type { AuthConfig } from '../common/config';
import type { Problems } from './common/fields';
import { TEXTS } from './common/texts';

/** A cookie without information. When it comes back, the browser keeps cookies. */
const NAME = 'gatehouse.cookies';

/** In each form, so that the page can explain a failed sign-in without cookies. */
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
