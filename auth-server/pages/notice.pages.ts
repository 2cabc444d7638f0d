import { html } from '../../runtime/pages/html';
import { sendPage } from './common/page-answer';
import { sendFailure, toPageFailure } from './common/page-failure';
import { findUser, type PageHandler } from './common/page-parts';
import { TEXTS, type FailureCode } from './common/texts';

/** The result of a verification link. */
export const showEmailVerified: PageHandler = ({ request, response }) => {
  const failed = request.query.error !== undefined;
  const { title, text } = failed ? TEXTS.emailVerified.failed : TEXTS.emailVerified;
  const main = html`<p>${text}</p>
    <p><a class="button" href="/sign-in">${TEXTS.signIn.title}</a></p>`;
  sendPage(response, { status: failed ? 400 : 200, page: { title, main, failed } });
};

export const showSignedOut: PageHandler = ({ response }) => {
  const { title, text, again } = TEXTS.signedOut;
  const main = html`<p>${text}</p>
    <p><a href="/sign-in">${again}</a></p>`;
  sendPage(response, { page: { title, main } });
};

/** Ends the session of this browser only. */
export const takeSignOut: PageHandler = async (visit, { callAuth }) => {
  const result = await callAuth(visit, { path: '/sign-out', body: {} });
  if (!result.ok) throw toPageFailure(result);
  visit.response.redirect(303, '/signed-out');
};

/** Different codes of Better-Auth, its providers and the OAuth provider for the same error. */
const SAME = new Map<string, FailureCode>([
  ['invalid_signature', 'expired'],
  ['state_mismatch', 'expired'],
  ['state_not_found', 'expired'],
  ['please_restart_the_process', 'expired'],
  ['invalid_state', 'expired'],
  ['unauthorized_client', 'invalid_client'],
  ['email_does_not_match', 'account_not_linked'],
  ['unable_to_link_account', 'account_not_linked'],
  ['account_already_linked_to_different_user', 'account_not_linked'],
  ['email_not_found', 'email_not_verified'],
  ['BANNED_USER', 'banned'],
  ['UNKNOWN_ROLE', 'unknown_role'],
  ['no_code', 'provider_failed'],
  ['invalid_code', 'provider_failed'],
  ['issuer_missing', 'provider_failed'],
  ['issuer_mismatch', 'provider_failed'],
  ['nonce_binding_missing', 'provider_failed'],
  ['unable_to_get_user_info', 'provider_failed'],
  ['oauth_provider_not_found', 'provider_failed'],
  ['server_error', 'provider_failed'],
  ['temporarily_unavailable', 'provider_failed'],
]);

/** Only known codes are shown: the URL can contain any text. */
export const showError: PageHandler = ({ request, response }) => {
  const { error } = request.query;
  const given = typeof error === 'string' ? error : '';
  const code = SAME.get(given) ?? (Object.hasOwn(TEXTS.failures, given) ? given : 'unknown');
  sendFailure(response, { status: 400, code: code as FailureCode });
};

/** A short page without a form. */
export const showHome: PageHandler = async (visit, parts) => {
  const { title, intro, ...words } = TEXTS.home;
  const user = await findUser(visit, parts);
  const main = html`<p>${intro}</p>
    ${
      user
        ? html`<p>${words.signedInAs(user.email)}</p>
            <form method="post" action="/sign-out">
              <button type="submit">${TEXTS.signOut.submit}</button>
            </form>`
        : html`<p><a class="button" href="/sign-in">${TEXTS.signIn.title}</a></p>
            <p><a class="button second" href="/sign-up">${TEXTS.signUp.title}</a></p>`
    }
    <ul class="links">
      ${parts.config.apiDocs && html`<li><a href="${parts.config.apiUrl}/docs">${words.documentation}</a></li>`}
      ${parts.hasMailbox && html`<li><a href="/dev/mailbox">${words.mailbox}</a></li>`}
      <li><a href="/health/ready">${words.health}</a></li>
    </ul>`;
  sendPage(visit.response, { page: { title, main } });
};
