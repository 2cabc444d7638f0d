import { escapeHtml } from './html-escape';

/** Text that is HTML. {@link html} creates it; otherwise, only a constant text is one. */
export class Html {
  constructor(private readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

/** The values of a template. `null`, `undefined` and `false` are omitted. */
type Content = Html | string | number | null | undefined | false | readonly Content[];

/**
 * A template of HTML. Values are escaped for elements and quoted attributes, unless {@link html}
 * created them.
 */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  const parts = strings.map((text, index) => text + toMarkup(values[index]));
  return new Html(parts.join(''));
}

function toMarkup(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(toMarkup).join('');
  return escapeHtml(String(value));
}
