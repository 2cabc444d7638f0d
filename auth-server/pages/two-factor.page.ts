import { renderField, renderProblems, type Field, type FormState } from './common/fields';
import { html } from '../../runtime/pages/html';
import type { Page } from './common/layout';
import { keepOAuthRequest } from './common/oauth-request';
import { sendPage } from './common/page-answer';
import { findProblems, readForm } from './common/page-form';
import {
  continueOAuth,
  explain,
  continueAfterSignIn,
  type PageHandler,
  type Visit,
} from './common/page-parts';
import { TEXTS } from './common/texts';

const { fields, errors, twoFactor: words } = TEXTS;

/** The kinds of codes; the parameter `by` of the page is the kind. */
const KINDS = {
  totp: {
    path: '/two-factor/verify-totp',
    other: { by: 'recovery', label: words.useRecovery },
    field: {
      name: 'code',
      label: fields.totp,
      type: 'text',
      autocomplete: 'one-time-code',
      inputmode: 'numeric',
      autofocus: true,
    },
  },
  recovery: {
    path: '/two-factor/verify-backup-code',
    other: { by: 'totp', label: words.useTotp },
    field: {
      name: 'code',
      label: fields.recoveryCode,
      type: 'text',
      autocomplete: 'off',
      autofocus: true,
    },
  },
} as const satisfies Record<string, { path: string; other: object; field: Field }>;

type KindName = keyof typeof KINDS;

/** Better-Auth sets it after the right password; it identifies the sign-in that waits. */
const WAITING_SIGN_IN = /(^|;\s*)(__Secure-)?better-auth\.two_factor=[^;]/;

export const showTwoFactor: PageHandler = (visit) => answer(visit, {});

export const takeTwoFactor: PageHandler = async (visit, { callAuth, config }) => {
  if (!isWaiting(visit)) return answer(visit, { status: 401 });
  const field = readForm(visit.request);
  const problems = findProblems({ code: !field('code') && errors.CODE_NEEDED });
  if (problems.code) return answer(visit, { problems, status: 400 });
  const kind = kindOf(visit);
  const trustDevice = field('trustDevice') === 'on';
  const body = { code: field('code'), trustDevice, ...continueOAuth(visit) };
  const result = await callAuth(visit, { path: KINDS[kind].path, body });
  if (result.ok) return continueAfterSignIn(visit, { answer: result, config });
  const { status } = result;
  const isCode = result.body.code === 'INVALID_CODE' || result.body.code === 'INVALID_BACKUP_CODE';
  answer(visit, { problems: { [isCode ? 'code' : 'form']: explain(result) }, status });
};

/** From the URL, also when the form is sent. */
function kindOf({ request }: Visit): KindName {
  return request.query.by === 'recovery' ? 'recovery' : 'totp';
}

function answer(visit: Visit, { status, ...state }: FormState & { status?: number }): void {
  const page = isWaiting(visit) ? twoFactorPage(visit, state) : noSignInPage(visit);
  sendPage(visit.response, { page, status });
}

function isWaiting({ request }: Visit): boolean {
  return WAITING_SIGN_IN.test(request.headers.cookie ?? '');
}

/** Without a sign-in that waits, no code can be accepted. */
function noSignInPage({ oauth }: Visit): Page {
  const main = html`<p>${words.noSignIn}</p>
    <ul class="links">
      <li><a href="${keepOAuthRequest('/sign-in', oauth)}">${words.signIn}</a></li>
    </ul>`;
  return { title: words.title, main };
}

function twoFactorPage(visit: Visit, state: FormState): Page {
  const { oauth } = visit;
  const kind = kindOf(visit);
  const { field, other } = KINDS[kind];
  const main = html`<p>${words.intro}</p>
    ${renderProblems(state.problems)}
    <form method="post" action="${withKind(visit, kind)}" novalidate>
      ${renderField(field, state)}
      <div class="check">
        <input id="trustDevice" name="trustDevice" type="checkbox" value="on" />
        <label for="trustDevice">${fields.trustDevice}</label>
      </div>
      <button type="submit">${words.submit}</button>
    </form>
    <ul class="links">
      <li><a href="${withKind(visit, other.by)}">${other.label}</a></li>
      <li><a href="${keepOAuthRequest('/sign-in', oauth)}">${words.startAgain}</a></li>
    </ul>`;
  return { title: words.title, main, failed: Boolean(state.problems) };
}

function withKind({ oauth }: Visit, kind: KindName): string {
  return `/two-factor?by=${kind}${oauth ? `&${oauth.query}` : ''}`;
}
