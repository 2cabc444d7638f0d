import { verify } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import type { Contestant } from './common/interleaved';
import { AUDIENCE, ISSUER, type TokenSet } from './tokens';
import { JwtStrategy } from '../src/auth/jwt.strategy';
import type { KeySet } from '../src/auth/token/key-set';
import type { SessionAccess } from '../src/auth/live-access/session-access';
import type { ApiSettings } from '../src/config/api-settings';

type Callback = (error: Error | null) => void;

/** jsonwebtoken, as passport-jwt calls it. */
const { JwtVerifier: verifyWithJsonwebtoken } = Strategy as unknown as {
  JwtVerifier: (token: string, key: unknown, options: object, done: Callback) => void;
};

const TOLERANCE_S = 5;

export function bareVerify({ tokens, publicKey: key, algorithm }: TokenSet): Contestant {
  const parts = tokens.map((token) => {
    const end = token.lastIndexOf('.');
    const signature = Buffer.from(token.slice(end + 1), 'base64url');
    return {
      input: Buffer.from(token.slice(0, end)),
      signature: algorithm === 'ES256' ? toDer(signature) : signature,
    };
  });
  return {
    name: 'crypto.verify alone',
    run: () => {
      for (const { input, signature } of parts) {
        expectTrue(verify('sha256', input, key, signature));
      }
    },
  };
}

/** In OpenSSL's form, so that the measured call converts nothing. */
function toDer(signature: Buffer): Buffer {
  const integers = [signature.subarray(0, 32), signature.subarray(32)].map((half) => {
    const digits = half.subarray(half.findIndex((byte) => byte !== 0));
    const number = digits.readUInt8() < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits]);
    return Buffer.concat([Buffer.of(2, number.length), number]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

/** @param key a PEM text, or a KeyObject that was created once. */
export function jsonwebtoken(
  { tokens, algorithm }: TokenSet,
  { name, key }: { name: string; key: unknown },
): Contestant {
  const options = {
    algorithms: [algorithm],
    issuer: ISSUER,
    audience: AUDIENCE,
    clockTolerance: TOLERANCE_S,
  };
  return {
    name,
    run: () => {
      for (const token of tokens) {
        verifyWithJsonwebtoken(token, key, options, (error) => expectTrue(error === null));
      }
    },
  };
}

/** @param warm whether the tokens are in its cache. */
export function fastJwt(
  { tokens, algorithm, pem }: TokenSet,
  { warm }: { warm: boolean },
): Contestant {
  const make = () =>
    createVerifier({
      key: pem,
      algorithms: [algorithm],
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      clockTolerance: TOLERANCE_S * 1_000,
      cache: tokens.length,
    });
  let verifyToken = make();
  return {
    name: warm ? 'fast-jwt, cached' : 'fast-jwt with its cache, first time',
    prepare: () => {
      if (!warm) verifyToken = make();
    },
    run: () => {
      for (const token of tokens) verifyToken(token);
    },
  };
}

/**
 * The strategy of the API, from the request's headers to the principal. Only the key set and the
 * session check are replaced by immediate ones. @param warm whether the tokens are in the cache.
 */
export function gatehouse(set: TokenSet, { warm }: { warm: boolean }): Contestant {
  const requests = set.tokens.map(toRequest);
  let strategy = makeStrategy(set);
  return {
    name: warm ? 'Gatehouse, cached' : 'Gatehouse, first time',
    prepare: () => {
      if (!warm) strategy = makeStrategy(set);
    },
    run: async () => {
      for (const request of requests) await authenticate(strategy, request);
    },
  };
}

function makeStrategy({ algorithm, keyId, publicKey }: TokenSet): JwtStrategy {
  const settings = { jwtAlgorithm: algorithm, jwtIssuer: ISSUER, jwtAudience: AUDIENCE };
  const key = { keyId, publicKey, source: '' };
  const keySet: Pick<KeySet, 'get' | 'holds' | 'onLeave'> = {
    get: (id) => (id === keyId ? key : null),
    holds: () => true,
    onLeave: () => {},
  };
  const sessionAccess: Pick<SessionAccess, 'judge'> = {
    judge: async ({ claims }) => {
      if (claims.kind !== 'user') throw new Error('only tokens of users are measured');
      const { kind, sub: userId, sid: sessionId, role, clientId, scopes, impersonatorId } = claims;
      const caller = { kind, userId, sessionId, role, clientId, scopes, impersonatorId };
      return { ...caller, isFirstParty: false, profile: null };
    },
  };
  return new JwtStrategy(settings as ApiSettings, keySet as KeySet, sessionAccess as SessionAccess);
}

/** With the headers of an ordinary client. */
function toRequest(token: string): FastifyRequest {
  const rawHeaders = ['Host', 'api.example.com', 'Connection', 'keep-alive', 'Accept', '*/*'];
  rawHeaders.push('Authorization', `Bearer ${token}`, 'User-Agent', 'bench/1.0');
  rawHeaders.push('Accept-Language', 'en', 'Accept-Encoding', 'gzip, deflate, br');
  return { raw: { rawHeaders } } as FastifyRequest;
}

/** The work of passport for each request. */
function authenticate(strategy: JwtStrategy, request: FastifyRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const attempt = Object.create(strategy) as JwtStrategy;
    attempt.success = resolve;
    attempt.fail = reject;
    attempt.error = reject;
    attempt.authenticate(request);
  });
}

function expectTrue(value: boolean): void {
  if (!value) throw new Error('a good token was refused');
}
