import type { AuthServerDescription } from '../../auth-server/describe';
import { AUTH_BASE_PATH } from '../../contract';
import type { Json } from './json';
import { correctOperation } from './operations';
import { usedSchemas } from './schemas';

/**
 * The auth server's OpenAPI document: the library's document with corrections, additions, and
 * names that differ from the API's.
 */
export function toAuthDocument({ document, endpoints }: AuthServerDescription): Json {
  const raw = document as { paths: Record<string, Json>; components: { schemas: Json } };
  const published = Object.entries(raw.paths).filter(([path]) => !path.startsWith(INTERNAL));
  const paths = Object.fromEntries(
    published.flatMap(([path, item]) => {
      const methods = Object.keys(item).filter((method) => !NEVER_SERVED.has(`${method} ${path}`));
      const operations = methods.map((method) => {
        const place = { path, method, methods, traits: endpoints.get(`${method} ${path}`) };
        return [method, correctOperation(item[method] as Json, place)];
      });
      if (operations.length === 0) return [];
      return [[AUTH_BASE_PATH + path, Object.fromEntries(operations) as Json]];
    }),
  );
  const schemas = { ...usedSchemas(paths, raw.components.schemas), ...errorsUsedIn(paths) };
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/', description: 'The auth server, or the API, which passes it through' }],
    tags: tagsOf(paths),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas },
  };
}

/** Internal endpoints for the API are not published. */
const INTERNAL = '/gatehouse/';

/** Described by the library, but always refused by Gatehouse. The API manages OAuth clients. */
const NEVER_SERVED = new Set([
  'post /get-session',
  // A session has no field that its user can set.
  'post /update-session',
  'post /oauth2/register',
  'post /oauth2/create-client',
  'get /oauth2/get-client',
  'get /oauth2/get-clients',
  'post /oauth2/update-client',
  'post /oauth2/delete-client',
  'post /oauth2/client/rotate-secret',
  'post /oauth2/public-client-prelogin',
]);

const INFO = {
  title: 'Gatehouse auth server',
  version: '1',
  description:
    'Every way to sign in, sessions and signing keys: the routes of Better-Auth. The API passes ' +
    'them through. Errors are JSON with a stable `code` and a readable `message`.',
  contact: {},
  license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
};

const SECURITY_SCHEMES = {
  sessionToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The session token: what the API calls refresh token.',
  },
  sessionCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'better-auth.session_token',
    description: 'Over https its name begins with `__Secure-`.',
  },
};

const text = { type: 'string' };

const ERRORS: Json = {
  AuthError: {
    type: 'object',
    description: 'An error of the auth server',
    properties: {
      code: { ...text, description: 'Stable error code' },
      message: { ...text, description: 'Readable text; it can change' },
    },
  },
  AuthOAuthError: {
    type: 'object',
    description: 'An error of OAuth (RFC 6749, section 5.2), or of the server around it',
    properties: { error: text, error_description: text, code: text, message: text },
  },
  AuthApiError: {
    type: 'object',
    description: 'An error of the API, which did not pass the request through (RFC 9457)',
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: text,
      code: { ...text, description: 'Stable error code' },
      requestId: text,
    },
  },
};

function errorsUsedIn(paths: Json): Json {
  const written = JSON.stringify(paths);
  return Object.fromEntries(
    Object.entries(ERRORS).filter(([name]) => written.includes(`schemas/${name}"`)),
  );
}

function tagsOf(paths: Record<string, Json>): Json[] {
  const names = Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap((operation) => (operation as { tags: string[] }).tags),
  );
  return [...new Set(names)].map((name) => ({
    name,
    description: `Routes of the ${name.charAt(0).toLowerCase()}${name.slice(1)}`.replace(
      /auth server: (.*)$/,
      "auth server's $1",
    ),
  }));
}
