import type { RequestHandler } from 'express';
import { sendError, UNREADABLE, VALUE_REFUSED } from '../common/errors';
import { hasValidHost } from '../../runtime/network/host-header';
import { hasSingleHeaders } from '../../runtime/network/single-headers';

/** RFC 3986, section 3.3: the characters of a path, each segment not empty except the last. */
const PATH = /^(\/(?!\/)([\w.~!$&'()*+,;=:@-]|%[\da-f]{2})*)+$/i;

/** Encoded control characters, separators and percent signs: a second decoder makes a path of them. */
const ENCODED_SYNTAX = /%([01][\da-f]|7f|2f|5c|25)/i;

/** RFC 3986, section 3.3: `.` and `..`, with the dots written out or encoded. */
const DOT_SEGMENT = /\/(\.|%2e){1,2}(\/|$)/i;

/** PostgreSQL stores no NUL character. */
const NUL_ENCODED = /%00/;

/**
 * True for a request target (RFC 9112, section 3.2) that Express, the hooks and Better-Auth read
 * in the same way: in origin form, with a path that the URL parser does not change.
 */
function isPlainTarget(target: string): boolean {
  const path = target.split('?', 1)[0]!;
  const isPlainPath = PATH.test(path) && !ENCODED_SYNTAX.test(path) && !DOT_SEGMENT.test(path);
  return isPlainPath && !target.includes('#');
}

/**
 * Refuses request targets that two parsers may read differently, requests without exactly one
 * valid host, and requests with two headers of which each server may read another one.
 */
export const checkTarget: RequestHandler = (request, response, next) => {
  const { originalUrl: target } = request;
  if (NUL_ENCODED.test(target)) return sendError(response, VALUE_REFUSED);
  if (!isPlainTarget(target) || !hasValidHost(request) || !hasSingleHeaders(request)) {
    return sendError(response, UNREADABLE);
  }
  next();
};
