import type { Request, RequestHandler, Response } from 'express';
import { html } from './html';
import { renderPage, type Page } from './layout';
import { TEXTS } from './texts';

/**
 * Nothing runs, nothing comes from elsewhere, nothing is sent elsewhere, nobody frames it.
 * Whoever signs in is sent on to another site by a page, not by the answer to a form: in
 * Chromium `form-action` also governs every redirect after a form.
 */
const POLICY = {
  'default-src': "'none'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** What a page needs beyond {@link POLICY}, by directive. */
export type MorePolicy = Readonly<Record<string, string>>;

/** `same-origin`: no other site is told an address, which may hold a code, and forms name their origin. */
const REFERRER_POLICY = 'same-origin';

export const setPageHeaders: RequestHandler = (_request, response, next) => {
  response.set({ 'Referrer-Policy': REFERRER_POLICY, Vary: 'Origin, Accept, Cookie' });
  allow(response, {});
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

/** The same as an answer of the fetch standard, with the cookies of the one that it replaces. */
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

/** Schemes that would run something or show something in our name. */
const NEVER = new Set(['javascript:', 'data:', 'blob:', 'vbscript:', 'file:', 'about:']);

/**
 * Sends the browser where Better-Auth said. Within this server that is a redirect; to
 * another site it is a page that goes there by itself, with a link for who has to press it.
 */
export function sendOn(response: Response, target: { url: string; authUrl: string }): void {
  const url = new URL(target.url, target.authUrl);
  if (url.origin === new URL(target.authUrl).origin) return response.redirect(303, url.href);
  sendPage(response, { page: continuationPage(url) });
}

/** Goes to another site by itself. */
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

/** A person's browser prefers a page; a program gets what it always got. */
export function wantsPage(request: Request): boolean {
  return request.accepts(['application/json', 'text/html']) === 'text/html';
}
