import type { Request, RequestHandler, Response } from 'express';
import { html } from '../../../runtime/pages/html';
import { renderPage, type Page } from './layout';
import { TEXTS } from './texts';
import { prefersHtml } from '../../../runtime/network/accept-header';

/**
 * No scripts, no resources or forms of other sites, no frames. A page, not a redirect after a
 * form, sends the user to another site: Chromium applies `form-action` to redirects after a form.
 */
const POLICY = {
  'default-src': "'none'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** Additions of a page to {@link POLICY}, by directive. */
export type MorePolicy = Readonly<Record<string, string>>;

/**
 * `same-origin`: no other site gets the URL, which may contain a code, and forms send their
 * origin.
 */
const REFERRER_POLICY = 'same-origin';

export const setPageHeaders: RequestHandler = (_request, response, next) => {
  response.set({ 'Referrer-Policy': REFERRER_POLICY, Vary: 'Origin, Accept, Cookie' });
  allow(response, {});
  next();
};

/**
 * For a URL with a code: no referrer contains more than the origin, also on this site, where a
 * proxy may log it. `no-referrer` would take the origin from the form.
 */
export const hideUrl: RequestHandler = (_request, response, next) => {
  response.set('Referrer-Policy', 'strict-origin');
  next();
};

export interface PageAnswer {
  page: Page;
  status?: number;
  policy?: MorePolicy;
}

export function sendPage(response: Response, { page, status = 200, policy }: PageAnswer): void {
  if (policy) allow(response, policy);
  response.status(status).type('html').send(renderPage(page));
}

/** The same as a fetch `Response`, with the cookies of the replaced one. */
export function toPageResponse(
  { page, status = 200 }: PageAnswer,
  given: Headers,
): globalThis.Response {
  const headers = new Headers(given);
  headers.delete('location');
  headers.set('content-type', 'text/html; charset=utf-8');
  headers.set('content-security-policy', writePolicy({}));
  headers.set('referrer-policy', REFERRER_POLICY);
  return new globalThis.Response(renderPage(page), { status, headers });
}

function allow(response: Response, more: MorePolicy): void {
  response.set('Content-Security-Policy', writePolicy(more));
}

function writePolicy(more: MorePolicy): string {
  const directives = Object.entries({ ...POLICY, ...more });
  return directives.map(([name, value]) => `${name} ${value}`).join('; ');
}

/** Schemes that run code or show content in the name of this site. */
const NEVER = new Set(['javascript:', 'data:', 'blob:', 'vbscript:', 'file:', 'about:']);

/**
 * Sends the browser to the URL of Better-Auth: with a redirect on this server, with a page on
 * other sites. The page forwards by itself and has a link.
 */
export function redirectTo(response: Response, target: { url: string; authUrl: string }): void {
  const url = new URL(target.url, target.authUrl);
  if (url.origin === new URL(target.authUrl).origin) return response.redirect(303, url.href);
  sendPage(response, { page: continuationPage(url) });
}

/** Forwards to another site. */
export function continuationPage(url: URL): Page {
  if (NEVER.has(url.protocol)) throw new TypeError('a redirect leads to a script');
  const { title, text, link } = TEXTS.continuation;
  return {
    title,
    head: html`<meta http-equiv="refresh" content="0;url=${url.href}" />`,
    main: html`<p>${text}</p>
      <p><a class="button" href="${url.href}">${link}</a></p>`,
  };
}

/** Browsers get a page; other clients get the answer of Better-Auth. */
export function wantsPage({ headers }: Request): boolean {
  return prefersHtml(headers.accept);
}
