import { cookieProblems } from './cookie-check';
import { renderField, renderProblems, type Field, type FormState } from './common/fields';
import { html } from '../../runtime/pages/html';
import type { Page } from './common/layout';
import { keepOAuthRequest } from './common/oauth-request';
import { sendPage } from './common/page-answer';
import { emailProblem, findProblems, readForm } from './common/page-form';
import {
  continueOAuth,
  explain,
  continueAfterSignIn,
  type PageHandler,
  type PageParts,
  type Visit,
} from './common/page-parts';
import { passwordLimits } from './password-limits';
import { TEXTS } from './common/texts';

const { fields, errors, signUp: words } = TEXTS;

/** Creates an account with e-mail address and password. */
export const showSignUp: PageHandler = (visit, parts) => answer(visit, parts, {});

export const takeSignUp: PageHandler = async (visit, parts) => {
  const field = readForm(visit.request);
  const values = { name: field('name'), email: field('email') };
  const problems = {
    ...cookieProblems(visit.request.headers),
    ...findProblems({
      name: !values.name && errors.NAME_NEEDED,
      email: emailProblem(values.email),
      password: !field('password') && errors.PASSWORD_NEEDED,
    }),
  };
  if (Object.keys(problems).length > 0) {
    return answer(visit, parts, { values, problems, status: 400 });
  }
  const body = { ...values, password: field('password'), ...continueOAuth(visit) };
  const result = await parts.callAuth(visit, { path: '/sign-up/email', body });
  if (!result.ok) {
    const { code = '' } = result.body;
    const where = FIELD_OF.find(([pattern]) => pattern.test(code))?.[1] ?? 'form';
    return answer(visit, parts, {
      values,
      problems: { [where]: explain(result) },
      status: result.status,
    });
  }
  // With required verification, a taken address gets the same answer.
  if (parts.config.requireEmailVerification) return answerMailSent(visit);
  continueAfterSignIn(visit, { answer: result, config: parts.config });
};

const FIELD_OF: readonly (readonly [RegExp, string])[] = [
  [/^PASSWORD_/, 'password'],
  [/^INVALID_NAME$/, 'name'],
  [/EMAIL/, 'email'],
];

async function answer(
  visit: Visit,
  { auth }: PageParts,
  { status, ...state }: FormState & { status?: number },
): Promise<void> {
  const { shortest } = await passwordLimits(auth);
  sendPage(visit.response, { page: signUpPage(visit, state, shortest), status });
}

function signUpPage({ oauth }: Visit, state: FormState, shortest: number): Page {
  const main = html`${oauth && html`<p class="soft">${TEXTS.signIn.toClient(oauth.clientName)}</p>`}
    ${renderProblems(state.problems)}
    <form method="post" action="${keepOAuthRequest('/sign-up', oauth)}" novalidate>
      ${signUpFields(shortest).map((field) => renderField(field, state))}
      <button type="submit">${words.submit}</button>
    </form>
    <p>
      ${words.haveAccount} <a href="${keepOAuthRequest('/sign-in', oauth)}">${words.signIn}</a>
    </p>`;
  return { title: words.title, main, failed: Boolean(state.problems) };
}

function signUpFields(shortest: number): Field[] {
  return [
    { name: 'name', label: fields.name, type: 'text', autocomplete: 'name', autofocus: true },
    { name: 'email', label: fields.email, type: 'email', autocomplete: 'username' },
    {
      name: 'password',
      label: fields.password,
      type: 'password',
      autocomplete: 'new-password',
      hint: fields.passwordHint(shortest),
    },
  ];
}

function answerMailSent({ response, oauth }: Visit): void {
  const { title, text, note } = words.mailSent;
  const main = html`<p>${text}</p>
    <p class="soft">${note}</p>
    <p><a href="${keepOAuthRequest('/sign-in', oauth)}">${words.signIn}</a></p>`;
  sendPage(response, { page: { title, main } });
}
