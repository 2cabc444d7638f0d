import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createOpenApiDocument } from './document';
import { otherDocuments } from './published-documents';
import type { ApiSettings } from '../config/api-settings';

/**
 * Serves the API's document at `/openapi.json` and `/openapi.yaml`, the auth server's and
 * both as one beside it.
 */
export function serveDocumentation(app: INestApplication, settings: ApiSettings): void {
  const document = createOpenApiDocument(app, settings);
  SwaggerModule.setup('docs', app, document, {
    ui: false,
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  });
  for (const [file, other] of Object.entries(otherDocuments(document, settings))) {
    serveDocument(app, `/${file}`, other);
  }
}

function serveDocument(app: INestApplication, path: string, document: OpenAPIObject): void {
  const answer = (_request: FastifyRequest, reply: FastifyReply) => reply.send(document);
  app.getHttpAdapter().get(path, answer as never);
}
