import { cookieProblems } from './cookie-check';
import {
  EMAIL_FIELD,
  renderField,
  renderProblems,
  type Field,
  type FormState,
} from './common/fields';
import { html, type Html } from '../../runtime/pages/html';
import type { Page } from './common/layout';
import { keepOAuthRequest } from './common/oauth-request';
import { redirectTo, sendPage } from './common/page-answer';
import { emailProblem, findProblems, readForm } from './common/page-form';
import { PageFailure } from './common/page-failure';
import {
  continueOAuth,
  explain,
  findUser,
  continueAfterSignIn,
  type PageHandler,
  type PageParts,
  type Visit,
} from './common/page-parts';
import { passkeyButton, PASSKEY_POLICY } from './passkey';
import { providersOf } from './providers';
import { TEXTS } from './common/texts';

const { fields, errors, signIn: words } = TEXTS;

const PASSWORD: Field = {
  name: 'password',
  label: fields.password,
  type: 'password',
  autocomplete: 'current-password',
};

/** The sign-in page. A signed-in user without an authorization request goes to the start page. */
export const showSignIn: PageHandler = async (visit, parts) => {
  if (!visit.oauth && (await findUser(visit, parts))) return visit.response.redirect(303, '/');
  answer(visit, parts, {});
};

export const takeSignIn: PageHandler = async (visit, parts) => {
  const field = readForm(visit.request);
  const provider = field('provider');
  if (provider) return startProvider(visit, parts, provider);
  const values = { email: field('email') };
  const problems = {
    ...cookieProblems(visit.request.headers),
    ...findProblems({
      email: emailProblem(values.email),
      password: !field('password') && errors.PASSWORD_NEEDED,
    }),
  };
  if (Object.keys(problems).length > 0) {
    return answer(visit, parts, { values, problems, status: 400 });
  }
  const body = { ...values, password: field('password'), ...continueOAuth(visit) };
  const result = await parts.callAuth(visit, { path: '/sign-in/email', body });
  if (result.ok) return continueAfterSignIn(visit, { answer: result, config: parts.config });
  // The error names no field: it must not tell which value was right.
  const { status } = result;
  answer(visit, parts, { values, problems: { form: explain(result) }, status });
};

/** The provider redirects to Better-Auth, which continues the authorization request. */
async function startProvider(visit: Visit, parts: PageParts, id: string): Promise<void> {
  const { callAuth, config } = parts;
  if (!providersOf(config).some((known) => known.id === id)) throw new PageFailure(400, 'unknown');
  const body = {
    provider: id,
    callbackURL: `${config.authUrl}/`,
    errorCallbackURL: `${config.authUrl}/error`,
    ...continueOAuth(visit),
  };
  const result = await callAuth(visit, { path: '/sign-in/social', body });
  const { url } = result.body;
  if (result.ok && url) return redirectTo(visit.response, { url, authUrl: config.authUrl });
  answer(visit, parts, { problems: { form: explain(result) }, status: result.status });
}

type State = FormState & { status?: number };

function answer(visit: Visit, { config }: PageParts, { status, ...state }: State): void {
  const page = signInPage(visit, state, config);
  sendPage(visit.response, { page, status, policy: PASSKEY_POLICY });
}

function signInPage({ oauth }: Visit, state: FormState, config: PageParts['config']): Page {
  const action = keepOAuthRequest('/sign-in', oauth);
  const { head, button } = passkeyButton(oauth);
  const main = html`${oauth && html`<p class="soft">${words.toClient(oauth.clientName)}</p>`}
    ${renderProblems(state.problems)}
    <form method="post" action="${action}" novalidate>
      ${renderField(EMAIL_FIELD, state)} ${renderField(PASSWORD, state)}
      <button type="submit">${words.submit}</button>
    </form>
    ${button} ${providerButtons(action, config)}
    <ul class="links">
      <li><a href="${keepOAuthRequest('/forgot-password', oauth)}">${words.forgot}</a></li>
      <li>
        ${words.noAccount} <a href="${keepOAuthRequest('/sign-up', oauth)}">${words.signUp}</a>
      </li>
    </ul>`;
  return { title: words.title, head, main, failed: Boolean(state.problems) };
}

function providerButtons(action: string, config: PageParts['config']): Html | null {
  const providers = providersOf(config);
  if (providers.length === 0) return null;
  const buttons = providers.map(
    ({ id, name }) =>
      html`<button class="second" type="submit" name="provider" value="${id}">
        ${words.continueWith(name)}
      </button> `,
  );
  return html`<p class="or">${words.or}</p>
    <form method="post" action="${action}">${buttons}</form>`;
}
