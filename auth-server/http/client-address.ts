import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { AuthConfig } from '../common/config';
import { requestContext } from '../common/request-context';
import { RESOLVED_ADDRESS_HEADER } from '../common/request-origin';
import {
  ACTING_CLIENT_HEADER,
  CALLER_TOKEN_HEADER,
  COMMITTED_CHANGE_HEADER,
  CLIENT_ADDRESS_HEADER,
  INTERNAL_KEY_HEADER,
  TOKEN_WANTED_HEADER,
} from '../../contract';
import { createClientAddressResolver } from '../../runtime/network/client-address';
import { toClientNetwork } from '../../runtime/network/client-network';
import { parseIpAddress } from '../../runtime/network/ip-address';
import type { Logger } from '../../runtime/logger';

/** Headers in which a request can claim its origin. No later step reads them. */
const CLAIMED_HEADERS = [
  RESOLVED_ADDRESS_HEADER,
  CLIENT_ADDRESS_HEADER,
  INTERNAL_KEY_HEADER,
  ACTING_CLIENT_HEADER,
  CALLER_TOKEN_HEADER,
  COMMITTED_CHANGE_HEADER,
  TOKEN_WANTED_HEADER,
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
];

/**
 * Determines the client's IP address and the public URL of this server, and removes all headers
 * with other values. The IP address is the first of these: the one that the API sends with the
 * internal key; the one that `TRUST_PROXY` allows to read from `X-Forwarded-For`; the other end of
 * the connection.
 */
export function resolveClientAddress(config: AuthConfig, logger: Logger): RequestHandler {
  const resolve = createClientAddressResolver(config.trustProxy, (line) => logger.warn(line));
  const { host, protocol } = new URL(config.authUrl);
  return (request: Request, _response: Response, next: NextFunction) => {
    const { headers, socket } = request;
    const isInternal = isFromApi(request, config);
    const named = isInternal ? parseIpAddress(headers[CLIENT_ADDRESS_HEADER]) : null;
    const actingClient = isInternal ? headers[ACTING_CLIENT_HEADER] : undefined;
    const callerToken = isInternal ? headers[CALLER_TOKEN_HEADER] : undefined;
    const isCommitted = isInternal && headers[COMMITTED_CHANGE_HEADER] !== undefined;
    const wantsToken = isInternal && headers[TOKEN_WANTED_HEADER] !== undefined;
    const forwardedFor = headers['x-forwarded-for'];
    const address = named ?? resolve({ remoteAddress: socket.remoteAddress, forwardedFor });
    // Without an address, a request counts as a call of the server itself.
    if (address === null) return void socket.destroy();
    for (const name of CLAIMED_HEADERS) delete headers[name];
    noteAddress(address, headers);
    if (actingClient !== undefined) headers[ACTING_CLIENT_HEADER] = actingClient;
    if (callerToken !== undefined) headers[CALLER_TOKEN_HEADER] = callerToken;
    if (isCommitted) headers[COMMITTED_CHANGE_HEADER] = 'true';
    if (wantsToken) headers[TOKEN_WANTED_HEADER] = 'true';
    // Better-Auth's Node handler builds the request's URL from these two.
    headers.host = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    next();
  };
}

function noteAddress(address: string, headers: IncomingMessage['headers']): void {
  headers[RESOLVED_ADDRESS_HEADER] = address;
  const context = requestContext.getStore();
  if (context) context.network = toClientNetwork(address);
}

function isFromApi(
  { headers }: IncomingMessage,
  { internalSecret }: Pick<AuthConfig, 'internalSecret'>,
): boolean {
  return internalSecret !== null && isSameText(headers[INTERNAL_KEY_HEADER], internalSecret);
}

/** Compares in constant time. */
function isSameText(given: string | string[] | undefined, expected: string): boolean {
  if (typeof given !== 'string') return false;
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
