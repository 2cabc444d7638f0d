import type { IncomingMessage } from 'node:http';

/** Node.js reads the first of several such headers. Other servers read the last one, or all. */
const SINGLE = new Set(['authorization', 'content-type']);

/** Whether a request has each of these headers once at most (RFC 9110, section 5.3). */
export function hasSingleHeaders({ rawHeaders }: IncomingMessage): boolean {
  const names = rawHeaders
    .filter((_text, index) => index % 2 === 0)
    .map((name) => name.toLowerCase())
    .filter((name) => SINGLE.has(name));
  return new Set(names).size === names.length;
}
