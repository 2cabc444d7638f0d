import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ProblemPage, ProblemPages } from './entrance.schemas';
import { escapeHtml } from '../../runtime/pages/html-escape';
import { BRAND_ICON, BRAND_PATH, STYLE_SHEET } from '../../runtime/pages/style-sheet';
import { wantsPage } from '../http/request/wants-page';

const BRAND_MARK = `<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d="${BRAND_PATH}"/></svg>`;

const PATHS = new Set(['/problems', '/problems/:code']);

/**
 * Browsers get the problem codes as a page in the style of the pages of the auth server, other
 * clients as JSON. The style is in the page: a request for it would need the auth server.
 */
export function showProblemsToPeople(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!PATHS.has(request.routeOptions.url ?? '')) return done(null, payload);
    void reply.header('vary', 'Origin, Accept');
    const isPage = reply.statusCode === 200 && wantsPage(request);
    done(null, isPage ? toPage(reply, String(payload)) : payload);
  });
}

function toPage(reply: FastifyReply, payload: string): string {
  void reply.type('text/html; charset=utf-8').removeHeader('content-length');
  const content = JSON.parse(payload) as ProblemPage | ProblemPages;
  const problems = 'items' in content ? content.items : [content];
  const title = 'items' in content ? 'Problem codes' : content.title;
  return render(title, problems);
}

function render(title: string, problems: ProblemPage[]): string {
  const terms = problems.map(
    ({ code, status, meaning }) =>
      `<dt id="${escapeHtml(code)}"><a href="/problems/${escapeHtml(code)}"><code>${escapeHtml(code)}</code></a> (${status})</dt>\n` +
      `<dd>${renderCode(meaning)}</dd>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${BRAND_ICON}">
<title>${escapeHtml(title)} · Gatehouse API</title>
<style>${STYLE_SHEET}</style>
</head>
<body>
<header><p class="brand">${BRAND_MARK}<span>Gatehouse</span></p></header>
<main class="wide">
<h1>${escapeHtml(title)}</h1>
<dl class="terms">
${terms.join('\n')}
</dl>
<p><a href="/problems">All problem codes</a> · <a href="/docs">Documentation</a></p>
</main>
</body>
</html>
`;
}

/** The texts are Markdown with code alone. */
function renderCode(text: string): string {
  const parts = text.split('`').map((part) => escapeHtml(part));
  return parts.map((part, index) => (index % 2 === 0 ? part : `<code>${part}</code>`)).join('');
}
