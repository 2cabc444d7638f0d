import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { MIMEType } from 'node:util';
import type { UploadConfig } from '../../common/openapi/upload.decorator';
import { Problem } from '../../common/problems/problem';
import { BODY_LIMIT } from '../../../runtime/http/request-limits';
import { closeLingering, isAfterLast } from '../../../runtime/http/lingering-close';
import { findJsonFault, type JsonFault } from '../../../runtime/json-faults';

/**
 * Bodies are JSON in UTF-8 (RFC 8259, section 8.1). Another media type, charset or content coding
 * gets 415. An empty body of any type counts as no body: clients send `Content-Type` with `DELETE`
 * too, and axios the type of a form with each `POST` that has no body. A body over the limit is
 * refused before it is read to its end, also by the auth server. `@RawBody()` of NestJS gives a
 * handler the bytes of the body. Routes with `@Upload()` take other types instead.
 */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.decorateRequest('rawBody');
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    (request, body, done) => {
      if (body.length === 0) return done(null, undefined);
      if (uploadOf(request)) return done(new Problem('unsupported_media_type'));
      Object.assign(request, { rawBody: body });
      try {
        assertPlainUtf8(request.headers);
        const text = decode(body as Buffer);
        return parseJson(request, text, (error, value) => done(error ?? faultIn(text), value));
      } catch (error) {
        return done(error as Error);
      }
    },
  );
  fastify.addContentTypeParser('*', (request, _body, done) => {
    if (request.is404 || isEmpty(request.headers)) return done(null, undefined);
    // The handler reads it.
    if (isAcceptedUpload(request)) return done(null, undefined);
    return done(new Problem('unsupported_media_type'));
  });
  fastify.addHook('onSend', ({ raw }, reply, _payload, done) => {
    if (reply.statusCode === 413) {
      void reply.header('connection', 'close');
      closeLingering(raw);
    }
    done();
  });
}

/** What follows a body over the limit on its connection is not executed (RFC 9112, section 9.6). */
export function ignoreAfterLast(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw }, reply, done) => {
    if (!isAfterLast(raw)) return done();
    reply.hijack();
    raw.resume();
  });
}

/** RFC 9112, section 6.3. */
function isEmpty(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

function uploadOf({ routeOptions }: FastifyRequest): UploadConfig['upload'] {
  return (routeOptions.config as UploadConfig).upload;
}

function isAcceptedUpload(request: FastifyRequest): boolean {
  const coding = request.headers['content-encoding'] ?? 'identity';
  const type = request.headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase();
  const isListed = type !== undefined && uploadOf(request)?.types.includes(type) === true;
  return isListed && /^identity$/i.test(coding);
}

/**
 * @throws {Problem} `unsupported_media_type`, with the supported type (RFC 9110, section 15.5.16)
 */
function assertPlainUtf8(headers: IncomingHttpHeaders): void {
  const charset = charsetOf(headers['content-type']!);
  const coding = headers['content-encoding'] ?? 'identity';
  if (/^utf-?8$/i.test(charset) && /^identity$/i.test(coding)) return;
  throw new Problem('unsupported_media_type', { headers: { 'accept-encoding': 'identity' } });
}

/** Fastify accepts media types that Node.js does not parse: they have no known charset. */
function charsetOf(mediaType: string): string {
  try {
    return new MIMEType(mediaType).params.get('charset') ?? 'utf-8';
  } catch {
    return '';
  }
}

const FAULTS: Record<JsonFault, string> = {
  'field-twice': 'The body names a field twice.',
  'too-deep': 'The body has too many levels.',
};

function faultIn(text: string): Problem | null {
  const fault = findJsonFault(text);
  return fault && new Problem('malformed_request', { detail: FAULTS[fault] });
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new Problem('malformed_request', { cause: error });
  }
}
