import { escapeHtml } from '../../../runtime/html-escape';

/** Text that is markup already. Only {@link html} makes it. */
export class Html {
  constructor(private readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

/** What may stand in a template. `null`, `undefined` and `false` stand for nothing. */
type Content = Html | string | number | null | undefined | false | readonly Content[];

/**
 * A template of markup. Every value in it is text, written so that it stays text in
 * an element and in a quoted attribute, unless {@link html} made it itself.
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
