import { raw, type RequestHandler } from 'express';
import { MIMEType } from 'node:util';
import { type ErrorAnswer, sendError, UNREADABLE, VALUE_REFUSED } from '../common/errors';
import { findJsonFault } from '../../runtime/json-faults';

/** Largest body in bytes. */
const BODY_LIMIT = 100_000;

/** Takes the body in as it is, to measure it: one sent in chunks has no length to be looked up. */
export const limitBody: RequestHandler = raw({
  type: () => true,
  limit: BODY_LIMIT,
  inflate: false,
});

const OTHER_CHARSET: ErrorAnswer = {
  status: 415,
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'Bodies are written in UTF-8.',
};

/** PostgreSQL stores no NUL character; in JSON and in forms it is written out. */
const NUL = /\0|\\u0000/;
const NUL_ENCODED = /%00/;

/**
 * Refuses bodies that the handler or the database cannot process: Better-Auth takes its
 * body from here as text, and does not handle a text that is not JSON.
 */
export const checkBody: RequestHandler = (request, response, next) => {
  const bytes: unknown = request.body;
  request.body = undefined;
  // No text, no body: the handler would ask an empty one for its media type.
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return next();
  const type = parseMediaType(request.headers['content-type']);
  if (!/^utf-?8$/i.test(type?.params.get('charset') ?? 'utf-8')) {
    return sendError(response, OTHER_CHARSET);
  }
  const text = decode(bytes);
  if (text === null || (type?.essence === 'application/json' && !isReadableJson(text))) {
    return sendError(response, UNREADABLE);
  }
  const isForm = type?.essence === 'application/x-www-form-urlencoded';
  if (NUL.test(text) || (isForm && NUL_ENCODED.test(text))) {
    return sendError(response, VALUE_REFUSED);
  }
  request.body = text;
  next();
};

/** What is no media type at all is left to the handler, which takes none but those it knows. */
function parseMediaType(header = ''): MIMEType | null {
  try {
    return new MIMEType(header);
  } catch {
    return null;
  }
}

/** RFC 8259, section 8.1: nothing but UTF-8. */
function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * The provider's plugin takes `oauth_query` out of any body before anyone has checked it,
 * and has no answer to one that is no text.
 */
function isReadableJson(text: string): boolean {
  try {
    const { oauth_query: query = '' } = Object(JSON.parse(text)) as { oauth_query?: unknown };
    return typeof query === 'string' && findJsonFault(text) === null;
  } catch {
    return false;
  }
}
