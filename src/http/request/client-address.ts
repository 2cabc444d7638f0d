import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requirePeerAddresses } from '../../../runtime/http/peer-addresses';
import { createClientAddressResolver } from '../../../runtime/network/client-address';

declare module 'fastify' {
  interface FastifyInstance {
    /** Finds the client's IP address; `null` when that of the connection is not known. */
    resolveClientAddress: ReturnType<typeof createClientAddressResolver>;
  }
}

/** Prepares requests for {@link clientAddressOf}. */
export function installClientAddresses(fastify: FastifyInstance, trustProxy: string[]): void {
  const logger = new Logger('ClientAddress');
  const resolve = createClientAddressResolver(trustProxy, (line) => logger.warn(line));
  fastify.decorate('resolveClientAddress', resolve);
  requirePeerAddresses(fastify.server);
}

/** The client's IP address by `TRUST_PROXY`, also after the client has closed the connection. */
export function clientAddressOf({ server, raw, headers }: FastifyRequest): string {
  const { remoteAddress } = raw.socket;
  const forwardedFor = headers['x-forwarded-for'];
  const address = server.resolveClientAddress({ remoteAddress, forwardedFor });
  if (address === null) throw new Error('the connection has no IP address');
  return address;
}
