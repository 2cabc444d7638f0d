import type { RequestHandler } from 'express';
import { MIMEType } from 'node:util';
import { type ErrorAnswer, sendError, UNREADABLE, VALUE_REFUSED } from '../common/errors';
import { readBody } from '../../runtime/http/body-reader';
import { BODY_LIMIT } from '../../runtime/http/request-limits';
import { findJsonFault } from '../../runtime/json-faults';

/** Reads the body as bytes to measure it: a chunked body has no `Content-Length`. */
export const limitBody: RequestHandler = readBody(BODY_LIMIT);

const OTHER_CHARSET: ErrorAnswer = {
  status: 415,
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'Bodies are written in UTF-8.',
};

const NO_MEDIA_TYPE: ErrorAnswer = {
  status: 415,
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'Content-Type is not a media type.',
};

/** PostgreSQL cannot store a NUL character. JSON and forms contain it as an escape sequence. */
const NUL = /\0|\\u0000/;
const NUL_ENCODED = /%00/;

/**
 * Refuses bodies that the handler or the database cannot process. Better-Auth reads the body from
 * here as text and fails on text that is not JSON.
 */
export const checkBody: RequestHandler = (request, response, next) => {
  const bytes: unknown = request.body;
  request.body = undefined;
  // An empty text is removed: the handler would require a media type for it.
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return next();
  const { 'content-type': header = '' } = request.headers;
  const type = parseMediaType(header);
  // The handler removes blanks of Unicode, and would read the body unchecked.
  if (type === null && header !== '') return sendError(response, NO_MEDIA_TYPE);
  if (!isInUtf8(bytes, type)) return sendError(response, OTHER_CHARSET);
  const text = decode(bytes);
  if (text === null || (type?.essence === 'application/json' && !isReadableJson(text))) {
    return sendError(response, UNREADABLE);
  }
  const isForm = type?.essence === 'application/x-www-form-urlencoded';
  if (NUL.test(text) || (isForm && NUL_ENCODED.test(text))) {
    return sendError(response, VALUE_REFUSED);
  }
  // Parameters can name other media types, which the handler would find in the header.
  if (type !== null) request.headers['content-type'] = type.essence;
  request.body = text;
  next();
};

/** The bytes, or the escape sequences of a form, that are not the same in each of the charsets. */
const OTHER_THAN_ASCII = /[^\x20-\x7e]|%[89a-f]/i;

/**
 * A form has one charset (URL Standard, section 5), and clients that write another one by default, such
 * as ISO-8859-1, send the same bytes for ASCII.
 */
function isInUtf8(bytes: Buffer, type: MIMEType | null): boolean {
  const charset = type?.params.get('charset') ?? 'utf-8';
  if (/^utf-?8$/i.test(charset)) return true;
  const isForm = type?.essence === 'application/x-www-form-urlencoded';
  const isSameForAscii = /^(us-ascii|iso-8859-1)$/i.test(charset);
  return isForm && isSameForAscii && !OTHER_THAN_ASCII.test(bytes.toString('latin1'));
}

function parseMediaType(header: string): MIMEType | null {
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
 * The plugin of the authorization server reads `oauth_query` from every unchecked body and fails
 * when it is not text.
 */
function isReadableJson(text: string): boolean {
  try {
    const { oauth_query: query = '' } = Object(JSON.parse(text)) as { oauth_query?: unknown };
    return typeof query === 'string' && findJsonFault(text) === null;
  } catch {
    return false;
  }
}
