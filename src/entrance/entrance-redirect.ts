import type { FastifyInstance } from 'fastify';
import { wantsPage } from '../http/request/wants-page';

/** Redirects a browser from the API's root URL to the documentation; other clients get JSON. */
export function redirectToDocumentation(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url !== '/' || request.method !== 'GET') return done();
    void reply.header('vary', 'Origin, Accept');
    if (wantsPage(request)) void reply.redirect('/docs', 303);
    else done();
  });
}

/** Leads from the base URL of the REST API, which the start prints, to the root URL. */
export function redirectFromBaseUrl(fastify: FastifyInstance): void {
  fastify.get('/api/v1', (_request, reply) => reply.redirect('/', 303));
}
