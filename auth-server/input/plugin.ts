import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getEndpoints } from 'better-auth/api';
import { findForeignValue, hasLongAddress, isPlainObject } from './field-types';
import type { HookContext } from '../common/hook-types';
import { renewAuthorizationQuery, type Secrets } from '../common/secrets';

type Fields = Record<string, unknown>;

/** Of the schemas of Better-Auth's endpoints (https://standardschema.dev). */
interface Schema {
  '~standard': { validate(value: unknown): Parsed | Promise<Parsed> };
}

interface Parsed {
  value?: unknown;
  issues?: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[];
}

interface Schemas {
  body?: Schema;
  query?: Schema;
}

interface Endpoint {
  path?: string;
  options?: Schemas & { method?: string | string[] };
}

/** These endpoints return errors of OAuth (RFC 6749, section 5.2). */
const OAUTH_PATH = /^\/oauth2\//;

const LONG_ADDRESS = { code: 'INVALID_EMAIL', message: 'Invalid email' };

/** A field of any body: the plugin of the authorization server reads it in its own hooks. */
const AUTHORIZATION_QUERY = 'oauth_query';

/**
 * Parses body and query with the schemas of the endpoint, before all other hooks. Better-Auth does
 * that after the hooks, and converts values that are not text: with `"userId": ["id"]` it changed
 * the user with that id, while rules and audit log saw no user. Here a value of another type is
 * refused, and hooks and endpoint get the same parsed fields.
 */
export function parsedInput(secrets: Secrets) {
  let schemas: Map<string, Schemas> | null = null;
  return {
    id: 'parsed-input',
    hooks: {
      before: [
        {
          // Calls without a request come from the code of this server.
          matcher: ({ request }) => request !== undefined,
          handler: createAuthMiddleware(async (ctx) => {
            schemas ??= findSchemas(ctx);
            renewQuery(ctx.body, secrets);
            const { body, query } = schemas.get(toKey(ctx.method, ctx.path)) ?? {};
            const describesFaults = OAUTH_PATH.test(ctx.path);
            await parsePart(ctx.body, { name: 'body', schema: body, describesFaults });
            await parsePart(ctx.query, { name: 'query', schema: query, describesFaults });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

function findSchemas({ context }: HookContext): Map<string, Schemas> {
  const { api } = getEndpoints(context, context.options);
  const entries = Object.values(api as Record<string, Endpoint>).flatMap(({ path, options }) =>
    [options?.method ?? []].flat().map((method) => [toKey(method, path), options ?? {}] as const),
  );
  return new Map(entries);
}

function toKey(method: string | undefined, path: string | undefined): string {
  return `${method} ${path}`;
}

/** The plugin of the authorization server verifies with the current secret only. */
function renewQuery(body: unknown, secrets: Secrets): void {
  if (!isPlainObject(body)) return;
  const query = body[AUTHORIZATION_QUERY];
  if (typeof query === 'string')
    body[AUTHORIZATION_QUERY] = renewAuthorizationQuery(query, secrets);
}

interface Part {
  name: 'body' | 'query';
  schema: Schema | undefined;
  /** True: the endpoint itself refuses what its schema does not accept. */
  describesFaults: boolean;
}

async function parsePart(given: unknown, part: Part): Promise<void> {
  const { name, schema, describesFaults } = part;
  if (given !== undefined && given !== null && !isPlainObject(given)) {
    throw refusal(`[${name}] Invalid input: expected object`);
  }
  if (!schema) return;
  const { value, issues } = await schema['~standard'].validate(given);
  if (issues && describesFaults) return;
  if (issues) throw refusal(issues.map((issue) => describeIssue(name, issue)).join('; '));
  const foreign = findForeignValue(given, value);
  if (foreign !== null) throw refusal(`[${name}.${foreign}] Invalid input: unexpected type`);
  if (hasLongAddress(value)) throw new APIError('BAD_REQUEST', LONG_ADDRESS);
  if (isPlainObject(given) && isPlainObject(value)) replaceFields(given, { value, name });
}

/** All hooks have the same object. A hook cannot give another one to the next hook. */
function replaceFields(given: Fields, { value, name }: { value: Fields; name: Part['name'] }) {
  for (const field of Object.keys(given)) {
    // The authorization server signs the query as it came, with parameters that it does not know.
    const isKept = name === 'query' || field === AUTHORIZATION_QUERY;
    if (!Object.hasOwn(value, field) && !isKept) delete given[field];
  }
  Object.assign(given, value);
}

type Issue = NonNullable<Parsed['issues']>[number];

/** As Better-Auth describes it. */
function describeIssue(name: string, { path = [], message }: Issue): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return `[${[name, ...keys].join('.')}] ${message}`;
}

function refusal(message: string): APIError {
  return new APIError('BAD_REQUEST', { code: 'VALIDATION_ERROR', message });
}
