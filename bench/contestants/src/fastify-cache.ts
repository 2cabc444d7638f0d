import fastify from 'fastify';
import { CONSTANT_PROFILE, HOST, readConfiguration } from './configuration';
import { pageSchema, profileSchema } from './fastify-profile';
import { createTokenCheck, requireAdministrator } from './fastify-token';

/** Fastify and fast-jwt's cache: no session is looked up, and there is no database. */
async function main(): Promise<void> {
  const configuration = readConfiguration();
  const app = fastify();
  app.decorateRequest('claims', null);
  app.addHook('onRequest', await createTokenCheck(configuration));
  app.get('/api/v1/users/me', { schema: { response: { 200: profileSchema } } }, (request, reply) =>
    reply.send({ ...CONSTANT_PROFILE, id: request.claims!.sub }),
  );
  app.get(
    '/api/v1/admin/users',
    { onRequest: requireAdministrator, schema: { response: { 200: pageSchema } } },
    (_request, reply) => reply.send({ items: [CONSTANT_PROFILE] }),
  );
  await app.listen({ port: configuration.port, host: HOST });
}

void main();
