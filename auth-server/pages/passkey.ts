import { createHash } from 'node:crypto';
import { html, type Html } from '../../runtime/pages/html';
import type { OAuthRequest } from './common/oauth-request';
import { TEXTS } from './common/texts';

const { EMAIL_NOT_VERIFIED, BANNED_USER, UNKNOWN_ROLE, TOO_MANY_REQUESTS } = TEXTS.errors;

/** By code: why the server refuses a passkey that is right. */
const REASONS = { EMAIL_NOT_VERIFIED, BANNED_USER, UNKNOWN_ROLE, TOO_MANY_REQUESTS };

/**
 * A passkey needs a script: WebAuthn has no form. Without scripts the button is hidden, and all
 * other ways to sign in work.
 */
export const PASSKEY_SCRIPT = `'use strict';
(() => {
  const form = document.getElementById('passkey');
  const problem = document.getElementById('passkey-problem');
  if (!form || !window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  form.hidden = false;
  const reasons = ${JSON.stringify(REASONS)};
  const failed = problem.textContent;
  const call = async (path, body) => {
    const response = await fetch('/api/auth/passkey/' + path, {
      method: body ? 'POST' : 'GET',
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw await response.json();
    return response.json();
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const options = await call('generate-authenticate-options');
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const credential = await navigator.credentials.get({ publicKey });
      const query = form.dataset.oauthQuery;
      const oauth = query ? { oauth_query: query } : {};
      const answer = await call('verify-authentication', { response: credential.toJSON(), ...oauth });
      location.assign(query && answer?.redirect && answer.url ? answer.url : '/');
    } catch (refusal) {
      problem.textContent = reasons[refusal?.code] ?? failed;
      problem.hidden = false;
      problem.focus();
    }
  });
})();
`;

const VERSION = createHash('sha256').update(PASSKEY_SCRIPT).digest('hex').slice(0, 12);

export const PASSKEY_SCRIPT_PATH = `/assets/passkey-${VERSION}.js`;

export const PASSKEY_POLICY = { 'script-src': "'self'", 'connect-src': "'self'" };

/** For the sign-in page. */
export function passkeyButton(oauth: OAuthRequest | null): { head: Html; button: Html } {
  const { passkey, passkeyFailed } = TEXTS.signIn;
  return {
    head: html`<script src="${PASSKEY_SCRIPT_PATH}" defer></script>`,
    button: html`<form id="passkey" hidden${oauth && html` data-oauth-query="${oauth.query}"`}>
      <p class="problem" id="passkey-problem" role="alert" tabindex="-1" hidden>${passkeyFailed}</p>
      <button class="second" type="submit">${passkey}</button>
    </form>`,
  };
}
