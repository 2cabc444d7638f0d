import { createPrivateKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { symmetricDecrypt } from 'better-auth/crypto';
import { type Subject, withClient } from './users';
import { TABLES } from '../../contract';

const LIFETIME_SECONDS = 7_200;

/** The key with which the auth server signs, for tokens that would take long to ask for one by one. */
export interface SigningKey {
  id: string;
  privateKey: KeyObject;
}

interface KeyRow {
  id: string;
  encrypted: string;
}

const { name: table, columns } = TABLES.jwks;

const SELECT_KEY = `
  SELECT ${columns.id} AS "id", ${columns.privateKey} AS "encrypted" FROM ${table}
   ORDER BY ${columns.createdAt} LIMIT 1`;

export async function readSigningKey(databaseUrl: string, secret: string): Promise<SigningKey> {
  const { rows } = await withClient(databaseUrl, (client) => client.query<KeyRow>(SELECT_KEY));
  const { id, encrypted } = rows[0]!;
  const data = JSON.parse(encrypted) as string;
  const key = JSON.parse(await symmetricDecrypt({ key: secret, data })) as JsonWebKey;
  return { id, privateKey: createPrivateKey({ key, format: 'jwk' }) };
}

/** A client that acts for the user. */
export interface ActingClient {
  clientId: string;
  scope: string;
}

/** A token as the auth server signs it for a session (RS256). */
export function signToken(
  { id, privateKey }: SigningKey,
  claims: Subject & { role: string; issuer: string; audience: string } & Partial<ActingClient>,
): string {
  const iat = Math.floor(Date.now() / 1_000);
  const { sessionId: sid, userId: sub, role, issuer: iss, audience: aud } = claims;
  const { clientId: client_id, scope } = claims;
  const acting = client_id === undefined ? {} : { client_id, scope };
  const payload = { iat, sid, role, sub, exp: iat + LIFETIME_SECONDS, iss, aud, ...acting };
  const input = `${encode({ alg: 'RS256', kid: id })}.${encode(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
