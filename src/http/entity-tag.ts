import type { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import type { Preconditions } from './request/preconditions';
import type { ConditionalRouteConfig } from '../common/openapi/conditional.decorator';
import { Problem } from '../common/problems/problem';

/** A strong entity tag (RFC 9110, section 8.8.3): the same for the same representation. */
export function toEntityTag(representation: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${digest.slice(0, 27)}"`;
}

/**
 * Refuses a change of a resource that is not in the state of the preconditions.
 *
 * @param current the representation, made of the locked row.
 * @throws {Problem} `precondition_failed`
 */
export function assertPreconditions(preconditions: Preconditions, current: object): void {
  if (!hasPreconditions(preconditions)) return;
  const { ifMatch, ifNoneMatch } = preconditions;
  const tag = toEntityTag(current);
  // A weak tag never matches (RFC 9110, section 13.1.1).
  if (ifMatch !== undefined && !toTags(ifMatch).includes(tag)) {
    throw new Problem('precondition_failed');
  }
  if (isKnown(ifNoneMatch, tag)) {
    const detail = 'The resource is in the state that If-None-Match excludes.';
    throw new Problem('precondition_failed', { detail });
  }
}

export function hasPreconditions({ ifMatch, ifNoneMatch }: Preconditions): boolean {
  return ifMatch !== undefined || ifNoneMatch !== undefined;
}

/**
 * Whether a reader has the representation already (RFC 9110, section 13.1.2).
 *
 * @param ifNoneMatch the header: `*`, or a list of entity tags, of which weak ones match too.
 */
export function isKnown(ifNoneMatch: string | undefined, current: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = toTags(ifNoneMatch).map((tag) => tag.replace(/^W\//, ''));
  return tags.includes(current) || ifNoneMatch.trim() === '*';
}

/** A text that is no entity tag is equal to none. */
function toTags(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

/** Sets the tag of every answer of a route marked `@Conditional()`. A text is sent unchanged. */
export function tagAnswers(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (request, reply, payload: unknown, done) => {
    const { isConditional } = request.routeOptions.config as ConditionalRouteConfig;
    if (isConditional) void reply.header('etag', toEntityTag(payload));
    done(null, payload);
  });
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
