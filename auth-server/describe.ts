import {
  freshSessionMiddleware,
  requestOnlySessionMiddleware,
  sensitiveSessionMiddleware,
  sessionMiddleware,
} from 'better-auth/api';
import { openAPI } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { createAuth } from './better-auth/auth';
import type { AuthConfig } from './common/config';
import { createMailer } from './mail/mailer';
import { createLogger } from '../runtime/logger';

export interface AuthServerDescription {
  /** The OpenAPI document as the library writes it. */
  document: object;
  /** Additions to the document of the library, by `method path`. */
  endpoints: Map<string, EndpointTraits>;
}

export interface EndpointTraits {
  /** Media types of the body; only JSON when the endpoint names none. */
  mediaTypes: string[];
  needsSession: boolean;
  /** Checks of the endpoint, when it has them. */
  query?: ValueCheck;
  body?: ValueCheck;
}

/** A schema of the library's endpoints. */
export interface ValueCheck {
  safeParse: (value: unknown) => { error?: { issues: { path: PropertyKey[] }[] } };
}

/**
 * The OpenAPI document that Better-Auth generates for the enabled routes. Only this file uses the
 * plugin that generates it, and no route serves it. There is no connection to a database.
 */
export async function describeAuthServer(config: AuthConfig): Promise<AuthServerDescription> {
  const logger = createLogger('auth', 'silent');
  const mailer = createMailer({ config, logger, pool: WITHOUT_TABLES });
  const auth = createAuth({ config, logger, mailer, pool: WITHOUT_TABLES });
  const { generateOpenAPISchema } = openAPI().endpoints;
  const context = await auth.$context;
  try {
    const document = await generateOpenAPISchema({ context } as never);
    return { document, endpoints: toTraits(auth.api as unknown as Record<string, Endpoint>) };
  } finally {
    await mailer.close();
  }
}

/** Queries at the start get the error of a database without migrations. */
const WITHOUT_TABLES = {
  connect: () => Promise.reject(new Error('relation does not exist')),
} as unknown as Pool;

/** The part of an endpoint that decides who may call it. */
interface Endpoint {
  path?: string;
  options?: {
    method?: string | string[];
    use?: unknown[];
    query?: ValueCheck;
    body?: ValueCheck;
    metadata?: { allowedMediaTypes?: string[] };
  };
}

const ASKS_FOR_SESSION = new Set<unknown>([
  freshSessionMiddleware,
  requestOnlySessionMiddleware,
  sensitiveSessionMiddleware,
  sessionMiddleware,
]);

function toTraits(api: Record<string, Endpoint>): Map<string, EndpointTraits> {
  const entries = Object.values(api).flatMap(({ path, options }) => {
    if (path === undefined) return [];
    const traits: EndpointTraits = {
      mediaTypes: options?.metadata?.allowedMediaTypes ?? ['application/json'],
      // The admin plugin has a guard of its own.
      needsSession:
        path.startsWith('/admin/') || (options?.use ?? []).some((use) => ASKS_FOR_SESSION.has(use)),
      query: options?.query,
      body: options?.body,
    };
    const written = path.replaceAll(/:(\w+)/g, '{$1}');
    return [options?.method ?? []]
      .flat()
      .map((method) => [`${method.toLowerCase()} ${written}`, traits] as const);
  });
  return new Map(entries);
}
