import { randomUUID } from 'node:crypto';
import type { Jwk, JWKOptions, JwtOptions } from 'better-auth/plugins/jwt';
import type { Client, Pool } from 'pg';
import type { AuthConfig } from './config';
import { TABLES, type SignatureAlgorithm } from './contract';
import { LOCKS, whileLocked } from './database';

const { name: table, columns } = TABLES.jwks;

/** Least RSA modulus of RFC 7518, section 3.3, in bits. */
const RSA_MODULUS_BITS = 2048;

const SELECT_KEYS = `
  SELECT ${columns.id} AS "id", ${columns.publicKey} AS "publicKey",
         ${columns.privateKey} AS "privateKey", ${columns.alg} AS "alg", ${columns.crv} AS "crv",
         ${columns.createdAt} AS "createdAt", ${columns.expiresAt} AS "expiresAt"
    FROM ${table} WHERE ${columns.alg} = $1`;

const STILL_SIGNS = `(${columns.expiresAt} IS NULL OR ${columns.expiresAt} > $2)`;

const INSERT_KEY = `
  INSERT INTO ${table} (${columns.id}, ${columns.publicKey}, ${columns.privateKey},
                        ${columns.alg}, ${columns.crv}, ${columns.createdAt}, ${columns.expiresAt})
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

/**
 * Where the jwt plugin keeps its keys, with two promises that its own store does not make:
 *
 * - Only keys of the algorithm in force count. After a change of `JWT_ALGORITHM` the plugin
 *   would go on signing with the old key, and the API would refuse every token.
 * - One key takes over when another stops signing. The plugin alone makes one for each
 *   request (and each replica) that finds none.
 */
export function createSigningKeyStore(
  { databaseUrl, jwtAlgorithm }: AuthConfig,
  pool: Pool,
): NonNullable<JwtOptions['adapter']> {
  return {
    getJwks: async () => (await pool.query<Jwk>(SELECT_KEYS, [jwtAlgorithm])).rows,
    createJwk: (key) =>
      whileLocked({ databaseUrl, key: LOCKS.signingKey }, async (client) => {
        return (await findSigningKey(client, jwtAlgorithm)) ?? insertKey(client, key);
      }),
  };
}

/** The newest key that still signs, or `null`. */
export async function findSigningKey(
  client: Pick<Client | Pool, 'query'>,
  algorithm: SignatureAlgorithm,
): Promise<Jwk | null> {
  const { rows } = await client.query<Jwk>(
    `${SELECT_KEYS} AND ${STILL_SIGNS} ORDER BY ${columns.createdAt} DESC LIMIT 1`,
    [algorithm, new Date()],
  );
  return rows[0] ?? null;
}

async function insertKey(client: Client, key: Omit<Jwk, 'id'>): Promise<Jwk> {
  const id = randomUUID();
  await client.query(INSERT_KEY, [
    id,
    key.publicKey,
    key.privateKey,
    key.alg,
    key.crv,
    key.createdAt,
    key.expiresAt,
  ]);
  return { ...key, id };
}

export function keyPairConfig(algorithm: SignatureAlgorithm): JWKOptions {
  return algorithm === 'ES256'
    ? { alg: algorithm }
    : { alg: algorithm, modulusLength: RSA_MODULUS_BITS };
}
