import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dump } from 'js-yaml';
import { createOpenApiDocument } from './document';
import { otherDocuments } from './published-documents';
import type { ApiSettings } from '../config/api-settings';
import { toEntityTag } from '../http/entity-tag';

/**
 * Serves the document of the API at `/openapi.json` and `/openapi.yaml`, and the documents of the
 * auth server and of both processes. The texts are created once at the start, because YAML takes
 * 43 ms.
 */
export function serveDocumentation(app: INestApplication, settings: ApiSettings): void {
  const document = createOpenApiDocument(app, settings);
  const yaml = dump(document, { skipInvalid: true, noRefs: true });
  serveText(app, '/openapi.yaml', { type: 'text/yaml; charset=utf-8', text: yaml });
  serveJson(app, '/openapi.json', document);
  for (const [file, other] of Object.entries(otherDocuments(document, settings))) {
    serveJson(app, `/${file}`, other);
  }
}

function serveJson(app: INestApplication, path: string, document: OpenAPIObject): void {
  const text = JSON.stringify(document);
  serveText(app, path, { type: 'application/json; charset=utf-8', text });
}

function serveText(
  app: INestApplication,
  path: string,
  { type, text }: { type: string; text: string },
): void {
  const etag = toEntityTag(text);
  const answer = (_request: FastifyRequest, reply: FastifyReply) =>
    reply.headers({ 'content-type': type, 'cache-control': 'no-cache', etag }).send(text);
  app.getHttpAdapter().get(path, answer as never);
}
