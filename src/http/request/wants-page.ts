import type { FastifyRequest } from 'fastify';

/**
 * Programs get JSON, browsers a page: whoever names `text/html` in `Accept` before, or
 * without, JSON is a browser.
 */
export function wantsPage({ headers }: FastifyRequest): boolean {
  const types = (headers.accept ?? '').split(',').map((range) => range.split(';', 1)[0]!.trim());
  return types.find((type) => type === 'text/html' || type === 'application/json') === 'text/html';
}
