import {
  EMAIL_FIELD,
  renderField,
  renderProblems,
  type Field,
  type FormState,
} from './common/fields';
import { html } from '../../runtime/pages/html';
import { keepOAuthRequest } from './common/oauth-request';
import { sendPage } from './common/page-answer';
import { emailProblem, findProblems, readForm } from './common/page-form';
import { explain, type PageHandler, type PageParts, type Visit } from './common/page-parts';
import { passwordLimits } from './password-limits';
import { TEXTS } from './common/texts';

const { fields, errors, forgotPassword, resetPassword } = TEXTS;

type State = FormState & { status?: number };

/** Asks for the e-mail address that gets the link. */
export const showForgotPassword: PageHandler = (visit) => answerForgot(visit, {});

/** The answer is the same for known and unknown addresses. */
export const takeForgotPassword: PageHandler = async (visit, { callAuth, config }) => {
  const email = readForm(visit.request)('email');
  const values = { email };
  const problems = findProblems({ email: emailProblem(email) });
  if (problems.email) return answerForgot(visit, { values, problems, status: 400 });
  const body = { email, redirectTo: `${config.authUrl}/reset-password` };
  const result = await callAuth(visit, { path: '/request-password-reset', body });
  if (!result.ok) {
    const { status } = result;
    return answerForgot(visit, { values, problems: { form: explain(result) }, status });
  }
  const { title, text } = forgotPassword.sent;
  const back = html`<p>
    <a href="${keepOAuthRequest('/sign-in', visit.oauth)}">${forgotPassword.back}</a>
  </p>`;
  sendPage(visit.response, {
    page: {
      title,
      main: html`<p>${text}</p>
        ${back}`,
    },
  });
};

function answerForgot({ response, oauth }: Visit, { status, ...state }: State): void {
  const { title, intro, submit, back } = forgotPassword;
  const main = html`<p>${intro}</p>
    ${renderProblems(state.problems)}
    <form method="post" action="${keepOAuthRequest('/forgot-password', oauth)}" novalidate>
      ${renderField(EMAIL_FIELD, state)}
      <button type="submit">${submit}</button>
    </form>
    <p><a href="${keepOAuthRequest('/sign-in', oauth)}">${back}</a></p>`;
  sendPage(response, { status, page: { title, main, failed: Boolean(state.problems) } });
}

/** The target of the mail's link: the token is in the URL, and the form sends it. */
export const showResetPassword: PageHandler = (visit, parts) => {
  const { token, error } = visit.request.query;
  if (typeof token !== 'string' || token === '' || error !== undefined) return answerInvalid(visit);
  return answerReset(visit, parts, { token });
};

export const takeResetPassword: PageHandler = async (visit, parts) => {
  const field = readForm(visit.request);
  const [token, newPassword] = [field('token'), field('newPassword')];
  const isRepeated = newPassword === field('repeatPassword');
  const problems = findProblems({
    newPassword: !newPassword && errors.PASSWORD_NEEDED,
    repeatPassword: newPassword !== '' && !isRepeated && errors.PASSWORDS_DIFFER,
  });
  if (Object.keys(problems).length > 0) {
    return answerReset(visit, parts, { token, problems, status: 400 });
  }
  const body = { token, newPassword };
  const result = await parts.callAuth(visit, { path: '/reset-password', body });
  if (result.ok) return answerDone(visit);
  if (result.body.code === 'INVALID_TOKEN') return answerInvalid(visit);
  const where = result.body.code?.startsWith('PASSWORD_') ? 'newPassword' : 'form';
  const { status } = result;
  await answerReset(visit, parts, { token, problems: { [where]: explain(result) }, status });
};

async function answerReset(
  { response }: Visit,
  { auth }: PageParts,
  { token, status, ...state }: State & { token: string },
): Promise<void> {
  const { shortest } = await passwordLimits(auth);
  const { title, submit } = resetPassword;
  const main = html`${renderProblems(state.problems)}
    <form method="post" action="/reset-password" novalidate>
      <input type="hidden" name="token" value="${token}" />
      ${resetFields(shortest).map((field) => renderField(field, state))}
      <button type="submit">${submit}</button>
    </form>`;
  sendPage(response, { status, page: { title, main, failed: Boolean(state.problems) } });
}

function resetFields(shortest: number): Field[] {
  const both = { type: 'password', autocomplete: 'new-password' } as const;
  return [
    {
      ...both,
      name: 'newPassword',
      label: fields.newPassword,
      hint: fields.passwordHint(shortest),
      autofocus: true,
    },
    { ...both, name: 'repeatPassword', label: fields.repeatPassword },
  ];
}

function answerInvalid({ response }: Visit): void {
  const { title, text, again } = resetPassword.invalid;
  const main = html`<p>${text}</p>
    <p><a class="button" href="/forgot-password">${again}</a></p>`;
  sendPage(response, { status: 400, page: { title, main } });
}

function answerDone({ response }: Visit): void {
  const { title, text } = resetPassword.done;
  const main = html`<p>${text}</p>
    <p><a class="button" href="/sign-in">${TEXTS.signIn.title}</a></p>`;
  sendPage(response, { page: { title, main } });
}
