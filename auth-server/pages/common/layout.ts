import { html, type Html } from './html';
import { STYLE_SHEET_PATH } from './style-sheet';
import { TEXTS } from './texts';
import { BRAND_ICON, BRAND_PATH } from '../../../runtime/pages/style-sheet';

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
  const name = title === TEXTS.product ? title : `${title} · ${TEXTS.product}`;
  return html`<!doctype html>
<html lang="${TEXTS.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${failed ? `${TEXTS.errorSummary}: ${name}` : name}</title>
<link rel="stylesheet" href="${STYLE_SHEET_PATH}">
<link rel="icon" href="${BRAND_ICON}">
${head}
</head>
<body>
<header><p class="brand">${BRAND_MARK}<span>${TEXTS.product}</span></p></header>
<main${wide ? html` class="wide"` : null}>
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`.toString();
}

const BRAND_MARK = html`<svg
  viewBox="0 0 24 24"
  width="24"
  height="24"
  aria-hidden="true"
  focusable="false"
>
  <path d="${BRAND_PATH}" />
</svg>`;
