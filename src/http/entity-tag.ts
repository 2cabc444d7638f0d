import type { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { Problem } from '../common/problems/problem';

/** A strong entity tag (RFC 9110, section 8.8.3): the same for the same representation. */
export function toEntityTag(representation: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${digest.slice(0, 27)}"`;
}

/**
 * Compares `If-Match` with the current resource (RFC 9110, section 13.1.1). @param ifMatch the
 * header: `*`, or a list of entity tags, of which weak ones never match. @throws {Problem}
 * `precondition_failed`
 */
export function assertMatches(ifMatch: string | undefined, current: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes(current)) throw new Problem('precondition_failed');
}

/**
 * Whether a reader has the representation already (RFC 9110, section 13.1.2).
 *
 * @param ifNoneMatch the header: `*`, or a list of entity tags, of which weak ones match too.
 */
export function isKnown(ifNoneMatch: string | undefined, current: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(current) || ifNoneMatch.trim() === '*';
}

/** Answers 304 when the reader already has the representation, for all answers with a tag. */
export function answerNotModified(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const etag = reply.getHeader('etag');
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    // The senders of files and of passed-through answers set their own tags, and send streams.
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload);
    const isOurs = isWhole && typeof etag === 'string';
    if (!isOurs || !isReading || reply.statusCode !== 200) return done(null, payload);
    if (!isKnown(request.headers['if-none-match'], etag)) return done(null, payload);
    void reply.code(304).removeHeader('content-type').removeHeader('content-length');
    // Fastify computes the length for HEAD and sends no text.
    return done(null, request.method === 'HEAD' ? payload : null);
  });
}
