import fastify from 'fastify';
import { Pool } from 'pg';
import { HOST, readConfiguration } from './configuration';
import { pageSchema, profileSchema } from './fastify-profile';
import { createTokenCheck, requireAdministrator } from './fastify-token';

const COLUMNS = `id, email, email_verified AS "emailVerified", name, image, role, banned,
  ban_reason AS "banReason", ban_expires AS "banExpires",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

const READ_PROFILE = {
  name: 'profile',
  text: `SELECT ${COLUMNS} FROM "user" WHERE id = $1`,
};

const READ_PAGE = {
  name: 'page',
  text: `SELECT ${COLUMNS} FROM "user" ORDER BY created_at DESC, id DESC LIMIT $1`,
};

interface PageQuery {
  Querystring: { limit: number };
}

const querystring = {
  type: 'object',
  properties: { limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
} as const;

/** Fastify, fast-jwt's cache and one prepared statement for each request. */
async function main(): Promise<void> {
  const configuration = readConfiguration();
  const pool = new Pool({ connectionString: configuration.databaseUrl, max: 10 });
  const app = fastify();
  app.decorateRequest('claims', null);
  app.addHook('onRequest', await createTokenCheck(configuration));
  const profile = { schema: { response: { 200: profileSchema } } };
  app.get('/api/v1/users/me', profile, async (request) => {
    const { rows } = await pool.query({ ...READ_PROFILE, values: [request.claims!.sub] });
    if (rows.length === 0) throw new Error('the user is gone');
    return rows[0];
  });
  app.get<PageQuery>(
    '/api/v1/admin/users',
    { onRequest: requireAdministrator, schema: { querystring, response: { 200: pageSchema } } },
    async (request) => {
      const { rows } = await pool.query({ ...READ_PAGE, values: [request.query.limit] });
      return { items: rows };
    },
  );
  await app.listen({ port: configuration.port, host: HOST });
}

void main();
