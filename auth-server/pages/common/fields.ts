import { html, type Html } from '../../../runtime/pages/html';
import { TEXTS } from './texts';

export interface Field {
  name: string;
  label: string;
  type: 'email' | 'password' | 'text';
  /** The `autocomplete` value for password managers and keyboards. */
  autocomplete: string;
  hint?: string;
  inputmode?: 'numeric';
  /** The field that gets the focus. */
  autofocus?: boolean;
}

/** The e-mail address of an account, as the first field of a form. */
export const EMAIL_FIELD: Field = {
  name: 'email',
  label: TEXTS.fields.email,
  type: 'email',
  autocomplete: 'username',
  autofocus: true,
};

/** The problems of a form by field; `form` has problems of the whole form. */
export type Problems = Readonly<Record<string, string>>;

export interface FormState {
  /** The values of the form. Never a password. */
  values?: Readonly<Record<string, string>>;
  problems?: Problems;
}

/** A label, a hint, an error and an input, connected for screen readers. */
export function renderField(field: Field, { values = {}, problems = {} }: FormState): Html {
  const { name, label, type, autocomplete, hint, inputmode } = field;
  const problem = problems[name];
  const hasProblems = Object.keys(problems).length > 0;
  const describedBy = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean);
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${problem && html`<p class="problem" id="${name}-problem">${problem}</p>`}
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      required${[
        type !== 'password' && html` value="${values[name] ?? ''}"`,
        type !== 'password' &&
          html` autocapitalize="${autocomplete === 'name' ? 'words' : 'none'}" spellcheck="false"`,
        inputmode && html` inputmode="${inputmode}"`,
        describedBy.length > 0 && html` aria-describedby="${describedBy.join(' ')}"`,
        problem && html` aria-invalid="true"`,
        field.autofocus && !hasProblems && html` autofocus`,
      ]}
    />
  </div>`;
}

/** Lists the problems at the top with links to the fields. It gets the focus without a script. */
export function renderProblems(problems: Problems = {}): Html | null {
  const entries = Object.entries(problems);
  if (entries.length === 0) return null;
  const items = entries.map(([name, text]) =>
    name === 'form' ? html`<li>${text}</li>` : html`<li><a href="#${name}">${text}</a></li>`,
  );
  return html`<div class="summary" role="alert" tabindex="-1" autofocus>
    <h2>${TEXTS.errorSummary}</h2>
    <ul>
      ${items}
    </ul>
  </div>`;
}
