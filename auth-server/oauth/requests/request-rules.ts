import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { fieldOf } from '../../common/caller';
import type { HookMatch } from '../../common/hook-types';
import { checkAssertionTimes, hasAssertion } from './assertion-times';
import { nameScopes } from './renewed-scopes';
import { ResourceChoice } from '../resources/resource-choice';
import type { Resources } from '../resources/resources';

/** Rules before the endpoints of the provider. */
export function requestRules(parts: { pool: Pool; resources: Resources }) {
  return {
    id: 'gatehouse-oauth-rules',
    hooks: {
      before: [
        { matcher: hasAssertion, handler: checkAssertionTimes },
        { matcher: namesResource, handler: findRegistered(parts.resources) },
        { matcher: lacksResource, handler: nameResource(new ResourceChoice(parts)) },
        { matcher: isRenewal, handler: nameScopes(parts.pool) },
      ],
    },
  } satisfies BetterAuthPlugin;
}

function resourceOf({
  method,
  query,
  body,
}: Pick<HookMatch, 'method' | 'query' | 'body'>): unknown {
  const { resource } = ((method === 'POST' ? body : query) ?? {}) as Record<string, unknown>;
  return resource === '' ? undefined : resource;
}

function takesResource({ path }: HookMatch): boolean {
  return path === '/oauth2/authorize' || path === '/oauth2/token';
}

function namesResource(ctx: HookMatch): boolean {
  return takesResource(ctx) && resourceOf(ctx) !== undefined;
}

/** RFC 8707, section 2: without `resource` the server chooses. */
function lacksResource(ctx: HookMatch): boolean {
  return takesResource(ctx) && resourceOf(ctx) === undefined;
}

export function isRenewal({ path, body }: HookMatch): boolean {
  return path === '/oauth2/token' && fieldOf(body, 'grant_type') === 'refresh_token';
}

/** Another spelling of a resource that is registered. */
function findRegistered(resources: Resources) {
  const toRegistered = (value: unknown) =>
    typeof value === 'string' ? resources.toRegistered(value) : value;
  return createAuthMiddleware(async (ctx) => {
    const place = ctx.method === 'POST' ? 'body' : 'query';
    const given = resourceOf(ctx);
    const resource = Array.isArray(given)
      ? await Promise.all(given.map(toRegistered))
      : await toRegistered(given);
    return { context: { [place]: { ...(ctx[place] as object), resource } } };
  });
}

function nameResource(choice: ResourceChoice) {
  return createAuthMiddleware(async (ctx) => {
    const place = ctx.method === 'POST' ? 'body' : 'query';
    const parameters = (ctx[place] ?? {}) as Record<string, unknown>;
    const resource =
      ctx.path === '/oauth2/authorize'
        ? await choice.forAuthorization(parameters)
        : await choice.forToken(parameters, ctx.headers);
    return resource === null ? undefined : { context: { [place]: { ...parameters, resource } } };
  });
}
