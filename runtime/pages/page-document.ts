import { html, type Html } from './html';
import { BRAND_ICON, BRAND_PATH } from './style-sheet';

export interface PageDocument {
  /** A language tag (RFC 5646). */
  language: string;
  /** The name in the header. */
  product: string;
  /** The title of the window. */
  title: string;
  heading: string;
  /** The style, and further elements of the head. */
  head: Html;
  /** The content below the heading. */
  main: Html;
  /** A page of text is wider than a form. */
  wide?: boolean;
}

/** A page of either process. */
export function renderDocument(page: PageDocument): string {
  const { language, product, title, heading, head, main, wide } = page;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${BRAND_ICON}">
${head}
</head>
<body>
<header><p class="brand">${BRAND_MARK}<span>${product}</span></p></header>
<main${wide ? html` class="wide"` : null}>
<h1>${heading}</h1>
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
