import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import proxyAddr from 'proxy-addr';
import type { AuthConfig } from '../common/config';
import { RESOLVED_ADDRESS_HEADER } from '../common/request-origin';
import { ACTING_CLIENT_HEADER, CLIENT_ADDRESS_HEADER, INTERNAL_KEY_HEADER } from '../../contract';

/** Headers that tell a story about the way a request took; after this step nobody reads them. */
const CLAIMED_HEADERS = [
  RESOLVED_ADDRESS_HEADER,
  CLIENT_ADDRESS_HEADER,
  INTERNAL_KEY_HEADER,
  ACTING_CLIENT_HEADER,
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
];

/**
 * Decides who is calling and under which address this server is known, and takes away
 * everything in the request that says otherwise. The client is, in this order: whom the API
 * names next to the right internal key; the first address from the right in
 * `X-Forwarded-For` that is not a trusted proxy; the other end of the connection.
 */
export function resolveClientAddress(config: AuthConfig): RequestHandler {
  const clientAddressOf = createClientAddressResolver(config);
  const { host, protocol } = new URL(config.authUrl);
  return (request: Request, _response: Response, next: NextFunction) => {
    const { headers } = request;
    const address = clientAddressOf(request);
    const actingClient = isFromApi(request, config) ? headers[ACTING_CLIENT_HEADER] : undefined;
    for (const name of CLAIMED_HEADERS) delete headers[name];
    if (address !== null) headers[RESOLVED_ADDRESS_HEADER] = address;
    if (actingClient !== undefined) headers[ACTING_CLIENT_HEADER] = actingClient;
    // Better-Auth's Node handler builds the request's URL from these two.
    headers.host = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    next();
  };
}

/** @returns a function that names the client's IP address; `null` when the connection is gone. */
function createClientAddressResolver({
  internalSecret,
  trustProxy,
}: Pick<AuthConfig, 'internalSecret' | 'trustProxy'>) {
  const isTrusted = proxyAddr.compile(trustProxy);
  return (request: IncomingMessage): string | null => {
    const named = request.headers[CLIENT_ADDRESS_HEADER];
    if (isFromApi(request, { internalSecret }) && isAddress(named)) return withoutMapping(named);
    const addresses = proxyAddr.all(request, isTrusted).filter(isAddress);
    return addresses.length > 0 ? withoutMapping(addresses.at(-1)!) : null;
  };
}

function isFromApi(
  { headers }: IncomingMessage,
  { internalSecret }: Pick<AuthConfig, 'internalSecret'>,
): boolean {
  return internalSecret !== null && isSameText(headers[INTERNAL_KEY_HEADER], internalSecret);
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && isIP(value) !== 0;
}

/** `::ffff:192.0.2.7`, as a socket that takes both families reports it, is `192.0.2.7`. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Takes the same time wherever the two differ. */
function isSameText(given: string | string[] | undefined, expected: string): boolean {
  if (typeof given !== 'string') return false;
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
