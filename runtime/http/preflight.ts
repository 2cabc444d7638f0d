import type { IncomingMessage } from 'node:http';

/** Whether a browser asks for the permission to send a request (https://fetch.spec.whatwg.org/#cors-preflight-request). */
export function isPreflight({ method, headers }: PreflightParts): boolean {
  const asked = headers['access-control-request-method'];
  return method === 'OPTIONS' && headers.origin !== undefined && asked !== undefined;
}

type PreflightParts = Pick<IncomingMessage, 'method' | 'headers'>;
