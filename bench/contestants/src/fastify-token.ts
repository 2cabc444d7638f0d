import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Configuration } from './configuration';

export interface Claims {
  sub: string;
  role: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    claims: Claims | null;
  }
}

const BEARER = 'Bearer ';

/** fast-jwt with its cache, and the keys of the auth server, fetched once. */
export async function createTokenCheck({ jwksUrl, issuer, audience }: Configuration) {
  const verify = createVerifier({
    key: await fetchKey(jwksUrl),
    algorithms: ['RS256'],
    allowedIss: issuer,
    allowedAud: audience,
    clockTolerance: 5_000,
    cache: 50_000,
  }) as (token: string) => Claims;
  return (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const { authorization = '' } = request.headers;
    try {
      if (!authorization.startsWith(BEARER)) throw new Error('missing token');
      request.claims = verify(authorization.slice(BEARER.length));
    } catch {
      void reply.code(401).send({ error: 'unauthorized' });
      return;
    }
    done();
  };
}

export function requireAdministrator(
  request: FastifyRequest,
  reply: FastifyReply,
  done: () => void,
): void {
  if (request.claims?.role === 'admin') done();
  else void reply.code(403).send({ error: 'forbidden' });
}

async function fetchKey(url: string): Promise<string> {
  const response = await fetch(url);
  const { keys } = (await response.json()) as { keys: JsonWebKey[] };
  const key = createPublicKey({ key: keys[0]!, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
