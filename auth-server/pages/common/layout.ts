import { STYLE_SHEET_PATH } from './style-sheet';
import { TEXTS } from './texts';
import { html, type Html } from '../../../runtime/pages/html';
import { renderDocument } from '../../../runtime/pages/page-document';

export interface Page {
  title: string;
  /** The content below the heading. */
  main: Html;
  /** Elements of the head: a redirect or a script of the auth server. */
  head?: Html;
  /** A page of text is wider than a form. */
  wide?: boolean;
  /** The title begins with the error: a screen reader reads it first. */
  failed?: boolean;
}

/** A document. Its only heading is its title. */
export function renderPage({ title, main, head, wide, failed }: Page): string {
  const { language, product, errorSummary } = TEXTS;
  const name = title === product ? title : `${title} · ${product}`;
  return renderDocument({
    language,
    product,
    title: failed ? `${errorSummary}: ${name}` : name,
    heading: title,
    head: html`<meta name="robots" content="noindex" />
      <link rel="stylesheet" href="${STYLE_SHEET_PATH}" />
      ${head}`,
    main,
    wide,
  });
}
