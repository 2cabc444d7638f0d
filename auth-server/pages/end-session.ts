import { failurePage } from './common/page-failure';
import { html } from '../../runtime/pages/html';
import type { Page } from './common/layout';
import { continuationPage, toPageResponse } from './common/page-answer';
import { TEXTS, type FailureCode } from './common/texts';
import { AUTH_BASE_PATH } from '../../contract';

const END_SESSION_PATH = '/oauth2/end-session';
const CONFIRM_PATH = `${END_SESSION_PATH}/confirm`;

/** Requests below the base path of Better-Auth: a client sends the user here to sign out. */
export function endsSession(path: string): boolean {
  return path === END_SESSION_PATH || path === CONFIRM_PATH;
}

/**
 * The provider's own page has no style and no language, and its form cannot redirect to a client.
 * This page replaces it.
 */
export async function toSignOutPage(answer: Response, given: SignOut): Promise<Response> {
  const { headers } = answer;
  if (headers.get('content-type')?.startsWith('text/html')) {
    const markup = await answer.text();
    // The page after the sign-out asks nothing, also after a reload.
    if (isDone(markup)) return leadTo(`${given.authUrl}/signed-out`, headers);
    if (isQuestion(markup)) return toPageResponse({ page: confirmPage() }, headers);
    const page = failurePage(failureOf(markup));
    return toPageResponse({ page, status: answer.status }, headers);
  }
  const location = headers.get('location');
  const isOfForm = new URL(given.request.url).pathname === AUTH_BASE_PATH + CONFIRM_PATH;
  if (!isOfForm || location === null) return answer;
  const url = new URL(location, given.authUrl);
  if (url.origin === new URL(given.authUrl).origin) return leadTo(url.href, headers);
  return toPageResponse({ page: continuationPage(url) }, headers);
}

interface SignOut {
  request: Request;
  authUrl: string;
}

const isQuestion = (markup: string) => markup.includes('data-oidc-logout-confirmation');
const isDone = (markup: string) => markup.includes('data-oidc-logout-state="logged-out"');

function failureOf(markup: string): FailureCode {
  if (markup.includes('disabled')) return 'client_disabled';
  return markup.includes('client') ? 'invalid_client' : 'expired';
}

function confirmPage(): Page {
  const { title, text, submit, stay } = TEXTS.signOut;
  const main = html`<p>${text}</p>
    <form method="post" action="${AUTH_BASE_PATH}${CONFIRM_PATH}">
      <button type="submit" name="action" value="confirm">${submit}</button>
    </form>
    <p><a href="/">${stay}</a></p>`;
  return { title, main };
}

function leadTo(location: string, given: Headers): Response {
  const headers = new Headers(given);
  headers.delete('content-type');
  headers.set('location', location);
  return new Response(null, { status: 303, headers });
}
