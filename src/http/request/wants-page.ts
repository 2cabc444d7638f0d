import type { FastifyRequest } from 'fastify';
import { prefersHtml } from '../../../runtime/network/accept-header';

/** Browsers get a page; other clients get JSON. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return prefersHtml(headers.accept);
}
