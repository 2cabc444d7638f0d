import type { IncomingMessage } from 'node:http';

/** A name or an IP address, with or without a port (RFC 9110, section 7.2; RFC 3986, section 3.2.2). */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/i;

/** Whether a request has exactly one valid host (RFC 9112, section 3.2). */
export function hasValidHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter(
    (_text, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === 'host',
  );
  if (hosts.length === 0) return httpVersion !== '1.1';
  return hosts.length === 1 && HOST.test(hosts[0]!);
}
