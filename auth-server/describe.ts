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
  /** What the library's document leaves out, by path as in the document. */
  endpoints: Map<string, EndpointTraits>;
}

export interface EndpointTraits {
  /** Media types of the body; JSON alone where the endpoint does not say. */
  mediaTypes: string[];
  needsSession: boolean;
}

/**
 * Better-Auth's own description of the enabled routes. Only this file uses the plugin that
 * makes it; no route serves it. Nothing is connected.
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

/** Of an endpoint, what says who may call it and how. */
interface Endpoint {
  path?: string;
  options?: { use?: unknown[]; metadata?: { allowedMediaTypes?: string[] } };
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
    };
    return [[path.replaceAll(/:(\w+)/g, '{$1}'), traits] as const];
  });
  return new Map(entries);
}
