import type { RequestHandler } from 'express';

/**
 * Lets programs sign in with Node's `fetch`, which calls itself `Sec-Fetch-Mode: cors` and
 * says nothing else. Better-Auth takes that for a browser that hides where it comes from
 * (403). A browser sends `Sec-Fetch-Site` with it (W3C Fetch Metadata, section 2) and
 * `Origin` with every POST (Fetch, section 3.2): who sends neither, and no cookie, brings
 * nobody's session along.
 */
export const acceptNonBrowserClients: RequestHandler = ({ headers }, _response, next) => {
  const isBrowser = ['sec-fetch-site', 'origin', 'cookie'].some((name) => name in headers);
  if (!isBrowser) delete headers['sec-fetch-mode'];
  next();
};
