import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { REQUEST_ID_HEADER } from '../../contract';

/** Request ids that are taken from a request: short, and safe in a log line. */
const SAFE_REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The id that the request has, or a new one. */
export function takeOrCreateRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && SAFE_REQUEST_ID.test(given) ? given : randomUUID();
}
