import { randomBytes } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, sessionMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { z } from 'zod';
import { insertClient } from './resources/new-clients';
import { hashToken } from '../common/stored-hashes';
import { assertAdministrator, writeAsAdministrator } from '../common/caller';
import { CLIENT_PATHS, LONGEST, MOST_OF_CLIENT } from '../../contract';
import { findKeyFault, haveDistinctIds } from '../../runtime/tokens/client-keys';

const scopes = z.array(z.string().max(LONGEST.scope)).max(MOST_OF_CLIENT.scopes);

const uris = z.array(z.string().max(LONGEST.url)).max(MOST_OF_CLIENT.redirectUris);

const jwks = z.strictObject({
  keys: z
    .array(z.record(z.string(), z.string()).refine((key) => findKeyFault(key) === null))
    .min(1)
    .max(MOST_OF_CLIENT.keys)
    .refine(haveDistinctIds),
});

const newClientSchema = z.strictObject({
  name: z.string().min(1).max(LONGEST.name),
  applicationType: z.enum(['web', 'native']),
  authMethod: z.enum(['none', 'client_secret_basic', 'private_key_jwt']),
  /** For `private_key_jwt` alone. */
  jwks: jwks.optional(),
  redirectUris: uris,
  postLogoutRedirectUris: uris,
  grantTypes: z.array(z.enum(['authorization_code', 'refresh_token', 'client_credentials'])),
  scopes,
  clientCredentialsScopes: scopes,
  skipConsent: z.boolean(),
});

const KEYS_MISMATCH = {
  code: 'KEYS_MISMATCH',
  message: 'Keys belong to a client that authenticates by them.',
};

const rotationSchema = z.strictObject({ clientId: z.string().min(1).max(LONGEST.clientId) });

/**
 * Creates clients and what they authenticate by, for administrators: only these endpoints write
 * secrets and public keys. The API checks the other properties of a client and manages them. A
 * secret is shown once, in the answer. Its SHA-256 is stored, which is enough for 256 random bits.
 */
export function clientCredentials(pool: Pool) {
  return {
    id: 'gatehouse-client-credentials',
    endpoints: {
      createClient: createClientEndpoint(pool),
      rotateSecret: rotateSecretEndpoint(pool),
      replaceKeys: replaceKeysEndpoint(pool),
    },
  } satisfies BetterAuthPlugin;
}

const createClientEndpoint = (pool: Pool) =>
  createAuthEndpoint(
    CLIENT_PATHS.create,
    { method: 'POST', body: newClientSchema, use: [sessionMiddleware] },
    async (ctx) => {
      const { user, session } = ctx.context.session;
      assertAdministrator(user);
      const { authMethod, jwks: keys, ...input } = ctx.body;
      if ((authMethod === 'private_key_jwt') !== (keys !== undefined)) {
        throw new APIError('BAD_REQUEST', KEYS_MISMATCH);
      }
      const clientId = randomBytes(16).toString('hex');
      const clientSecret = authMethod === 'client_secret_basic' ? newSecret() : null;
      const client = {
        ...input,
        clientId,
        clientSecret: clientSecret && hashToken(clientSecret),
        tokenEndpointAuthMethod: authMethod,
        jwks: keys ? JSON.stringify(keys) : null,
      };
      await writeAsAdministrator({ pool, sessionId: session.id }, (connection) =>
        insertClient(connection, client),
      );
      return ctx.json({ clientId, clientSecret });
    },
  );

const ROTATE_SECRET = `
  UPDATE oauth_client SET client_secret = $2, updated_at = now()
   WHERE client_id = $1 AND token_endpoint_auth_method = 'client_secret_basic'`;

const rotateSecretEndpoint = (pool: Pool) =>
  createAuthEndpoint(
    CLIENT_PATHS.rotateSecret,
    { method: 'POST', body: rotationSchema, use: [sessionMiddleware] },
    async (ctx) => {
      const { user, session } = ctx.context.session;
      assertAdministrator(user);
      const clientSecret = newSecret();
      const values = [ctx.body.clientId, hashToken(clientSecret)];
      const { rowCount } = await writeAsAdministrator(
        { pool, sessionId: session.id },
        (connection) => connection.query(ROTATE_SECRET, values),
      );
      if (rowCount === 0) throw new APIError('NOT_FOUND', { code: 'CLIENT_NOT_FOUND' });
      return ctx.json({ clientSecret });
    },
  );

const keysSchema = rotationSchema.extend({
  jwks,
  /** Columns with the values that the API has checked for `If-Match`. */
  unchanged: z.record(z.string(), z.unknown()).optional(),
});

const REPLACE_KEYS = `
  UPDATE oauth_client AS c SET jwks = $2, updated_at = now()
   WHERE client_id = $1 AND token_endpoint_auth_method = 'private_key_jwt'
     AND to_jsonb(c) || $3::jsonb = to_jsonb(c)`;

/** A client that has a secret keeps it. */
const replaceKeysEndpoint = (pool: Pool) =>
  createAuthEndpoint(
    CLIENT_PATHS.replaceKeys,
    { method: 'POST', body: keysSchema, use: [sessionMiddleware] },
    async (ctx) => {
      const { user, session } = ctx.context.session;
      assertAdministrator(user);
      const { clientId, jwks: keys, unchanged } = ctx.body;
      const values = [clientId, JSON.stringify(keys), JSON.stringify(unchanged ?? {})];
      const { rowCount } = await writeAsAdministrator(
        { pool, sessionId: session.id },
        (connection) => connection.query(REPLACE_KEYS, values),
      );
      if (rowCount === 0) {
        const code = unchanged ? 'CLIENT_CHANGED' : 'CLIENT_NOT_FOUND';
        throw new APIError(unchanged ? 'PRECONDITION_FAILED' : 'NOT_FOUND', { code });
      }
      return ctx.json({ status: true });
    },
  );

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
