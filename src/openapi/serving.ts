import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dump } from 'js-yaml';
import { createOpenApiDocument } from './document';
import { OTHER_DOCUMENTS, otherDocuments } from './published-documents';
import type { ApiSettings } from '../config/api-settings';
import { toEntityTag } from '../http/entity-tag';

/**
 * Serves the document of the API at `/openapi.json` and `/openapi.yaml`, and the documents of the
 * auth server and of both processes. The first request for a document creates it, and its bytes are
 * kept: that takes a third of the time of a start, and most processes never serve one. To encode the
 * text for each answer takes twenty times as much processor time as to send the bytes.
 */
export function serveDocumentation(app: INestApplication, settings: ApiSettings): void {
  const getDocument = once(() => createOpenApiDocument(app, settings));
  const getOthers = once(() => otherDocuments(getDocument(), settings));
  serveText(app, '/openapi.yaml', {
    type: 'text/yaml; charset=utf-8',
    toText: () => dump(getDocument(), { skipInvalid: true, noRefs: true }),
  });
  serveJson(app, '/openapi.json', getDocument);
  for (const file of OTHER_DOCUMENTS) serveJson(app, `/${file}`, () => getOthers()[file]);
}

function serveJson(app: INestApplication, path: string, getDocument: () => OpenAPIObject): void {
  const toText = () => JSON.stringify(getDocument());
  serveText(app, path, { type: 'application/json; charset=utf-8', toText });
}

function serveText(
  app: INestApplication,
  path: string,
  { type, toText }: { type: string; toText: () => string },
): void {
  const getAnswer = once(() => {
    const text = toText();
    return { bytes: Buffer.from(text), etag: toEntityTag(text) };
  });
  const answer = (_request: FastifyRequest, reply: FastifyReply) => {
    const { bytes, etag } = getAnswer();
    return reply.headers({ 'content-type': type, 'cache-control': 'no-cache', etag }).send(bytes);
  };
  app.getHttpAdapter().get(path, answer as never);
}

/** @returns a function that creates the value at its first call. */
function once<Value>(create: () => Value): () => Value {
  let created: { value: Value } | null = null;
  return () => (created ??= { value: create() }).value;
}
