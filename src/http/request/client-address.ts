import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createClientAddressResolver } from '../../../runtime/network/client-address';

declare module 'fastify' {
  interface FastifyInstance {
    /** Finds the client's IP address; `null` when the connection is closed. */
    resolveClientAddress: ReturnType<typeof createClientAddressResolver>;
  }
}

/** Prepares requests for {@link clientAddressOf}. */
export function installClientAddresses(fastify: FastifyInstance, trustProxy: string[]): void {
  const logger = new Logger('ClientAddress');
  const resolve = createClientAddressResolver(trustProxy, (line) => logger.warn(line));
  fastify.decorate('resolveClientAddress', resolve);
}

/** The client's IP address by `TRUST_PROXY`; empty when the connection is closed. */
export function clientAddressOf({ server, raw, headers }: FastifyRequest): string {
  const { remoteAddress } = raw.socket;
  const forwardedFor = headers['x-forwarded-for'];
  return server.resolveClientAddress({ remoteAddress, forwardedFor }) ?? '';
}
