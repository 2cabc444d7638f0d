import type { FastifyRequest } from 'fastify';

/**
 * Other clients get JSON, browsers a page. A request is a browser's when `Accept` names
 * `text/html` before JSON, or without JSON.
 */
export function wantsPage({ headers }: FastifyRequest): boolean {
  const types = (headers.accept ?? '').split(',').map((range) => range.split(';', 1)[0]!.trim());
  return types.find((type) => type === 'text/html' || type === 'application/json') === 'text/html';
}
