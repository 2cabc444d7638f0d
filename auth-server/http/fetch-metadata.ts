import type { RequestHandler } from 'express';

/**
 * Accepts sign-ins of clients that use Node's `fetch`, which sends `Sec-Fetch-Mode: cors` and
 * no other such header. Better-Auth treats that as a browser that hides its origin (403). A browser sends `Sec-Fetch-Site` with it (W3C Fetch Metadata, section 2) and
 * `Origin` with every POST (Fetch, section 3.2). A request without both and without a
 * cookie uses no session of a browser.
 */
export const acceptNonBrowserClients: RequestHandler = ({ headers }, _response, next) => {
  const isBrowser = ['sec-fetch-site', 'origin', 'cookie'].some((name) => name in headers);
  if (!isBrowser) delete headers['sec-fetch-mode'];
  next();
};
