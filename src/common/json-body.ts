import type { FastifyInstance } from 'fastify';
import { Problem } from './problem';

/** Largest request body in bytes. */
export const BODY_LIMIT = 100 * 1000;

/**
 * Bodies are JSON in UTF-8 (RFC 8259, section 8.1) and nothing else; another media type is
 * 415. An empty body counts as none, since clients send `Content-Type` with `DELETE` too.
 */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    (request, body, done) => {
      if (body.length === 0) return done(null, undefined);
      let text: string;
      try {
        text = decoder.decode(body as Buffer);
      } catch (error) {
        return done(new Problem('malformed_request', { cause: error }));
      }
      return parseJson(request, text, done);
    },
  );
}
