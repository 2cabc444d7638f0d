import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { basename, dirname, join } from 'node:path';
import { toDocsConfig } from './docs-config';
import type { ApiSettings } from '../config/api-settings';

/** The files of Swagger UI and of this folder that the page needs. No other file is served. */
const FILES = new Set([
  'index.html',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'favicon-32x32.png',
  'docs.css',
  'docs.mjs',
  'sign-in.mjs',
  'oauth2-redirect.html',
  'oauth2-redirect.mjs',
]);

const OWN_FILES = join(__dirname, 'browser');
const SWAGGER_UI = dirname(require.resolve('swagger-ui-dist/package.json'));

/**
 * Swagger UI at `/docs`: a page of this project with the files of the package. Scripts and styles
 * are files of this origin; there are no requests to other sites and no inline code.
 */
export function serveSwaggerUi(fastify: FastifyInstance, settings: ApiSettings): void {
  const config = toDocsConfig(settings);
  const policy = toPolicy(settings);
  void fastify.register(async (scope) => {
    scope.addHook('onSend', async (_request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('content-security-policy', policy);
      // The URL to which the sign-in page redirects contains a code.
      void reply.header('referrer-policy', 'no-referrer');
    });
    await scope.register(fastifyStatic, {
      root: [OWN_FILES, SWAGGER_UI],
      prefix: '/docs/',
      index: false,
      allowedPath: (path) => FILES.has(basename(path)) && !path.slice(1).includes('/'),
    });
    scope.get('/docs', sendPage);
    scope.get('/docs/', sendPage);
    scope.get('/docs/config.json', (_request, reply) => reply.send(config));
  });
}

function sendPage(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.sendFile('index.html');
}

function toPolicy({ apiUrl }: ApiSettings): string {
  const isSecure = apiUrl.startsWith('https:');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...(isSecure ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}
