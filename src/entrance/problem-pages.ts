import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ProblemPage, ProblemPages } from './entrance.schemas';
import { html, Html } from '../../runtime/pages/html';
import { renderDocument } from '../../runtime/pages/page-document';
import { STYLE_SHEET } from '../../runtime/pages/style-sheet';
import { wantsPage } from '../http/request/wants-page';

const STYLE_ELEMENT = new Html(`<style>${STYLE_SHEET}</style>`);

const PATHS = new Set(['/problems', '/problems/:code']);

/**
 * Browsers get the problem codes as a page in the style of the pages of the auth server, other
 * clients as JSON. The style is in the page: a request for it would need the auth server.
 */
export function serveProblemPages(fastify: FastifyInstance): void {
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
  return renderDocument({
    language: 'en',
    product: 'Gatehouse',
    title: `${title} · Gatehouse API`,
    heading: title,
    head: STYLE_ELEMENT,
    main: html`<dl class="terms">${problems.map(renderProblem)}</dl>
      <p><a href="/problems">All problem codes</a> · <a href="/docs">Documentation</a></p>`,
    wide: true,
  });
}

function renderProblem({ code, status, meaning }: ProblemPage): Html {
  return html`<dt id="${code}">
      <a href="/problems/${code}"><code>${code}</code></a> (${status})
    </dt>
    <dd>${renderMarkdown(meaning)}</dd> `;
}

/** The texts are Markdown with code alone. */
function renderMarkdown(text: string): Html[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}
