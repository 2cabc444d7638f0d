import { type INestApplication, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import type { Operation } from './operation';
import type { Role } from '../../contract';
import { IS_PUBLIC } from '../auth/public.decorator';
import { isLimited } from '../auth/rate-limit/rate-limit.guard';
import { REQUIRED_ROLES } from '../auth/roles.decorator';
import { REQUIRED_SCOPES, type ScopeRule } from '../auth/scopes.decorator';
import { needsUser } from '../auth/principal/current-user.decorator';
import { CONDITIONAL } from '../common/openapi/conditional.decorator';
import { DEPRECATION, type Deprecation } from '../common/openapi/deprecated.decorator';
import { ENDPOINT, type EndpointDescription } from '../common/openapi/endpoint.decorator';
import { isIdempotent } from '../common/openapi/idempotent.decorator';
import { takesUncheckedInput } from '../common/openapi/parameter-factories';
import { readsUpload, takesUpload } from '../common/openapi/upload.decorator';
import type { ProblemCode } from '../common/problems/problem-codes';
import { readsPreconditions } from '../http/request/preconditions';

/** The callers of an operation and the refusals of its guards. */
export interface Access {
  isPublic: boolean;
  roles: Role[] | undefined;
  /** The scopes that OAuth clients need; `undefined`: closed to them. */
  scopeRule: ScopeRule | undefined;
  problems: ProblemCode[];
  /** Whether requests are counted. */
  isLimited: boolean;
  deprecation: Deprecation | undefined;
  /** Whether browsers get the answer as an HTML page. */
  hasPage: boolean;
  /** Whether the route has entity tags and preconditions. */
  isConditional: boolean;
}

interface Handler {
  controller: Type;
  handler: () => unknown;
}

/**
 * The rules of the guards, from the same metadata in the same order: handler, then class.
 *
 * @throws when a route has no description, or contradicts itself.
 */
export function readAccess(app: INestApplication): Map<string, Access> {
  const reflector = new Reflector();
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => metatype as Type),
  );
  const entries = controllers
    .flatMap((controller) => {
      const prototype = controller.prototype as Record<string, () => unknown>;
      return scanner
        .getAllMethodNames(prototype)
        .map((name) => [prototype[name]!, controller] as const);
    })
    .flatMap(([handler, controller]) => {
      const endpoint = reflector.get<EndpointDescription | undefined>(ENDPOINT, handler);
      if (!endpoint) {
        if (!Reflect.hasMetadata(PATH_METADATA, handler)) return [];
        throw new Error(`a route has no @Endpoint(): ${controller.name}.${handler.name}`);
      }
      const targets = [handler, controller];
      const access: Access = {
        isPublic: reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets) === true,
        roles: reflector.getAllAndOverride<Role[] | undefined>(REQUIRED_ROLES, targets),
        scopeRule: reflector.getAllAndOverride<ScopeRule | undefined>(REQUIRED_SCOPES, targets),
        problems: endpoint.problems ?? [],
        isLimited: isLimited(controller),
        deprecation: reflector.get<Deprecation | undefined>(DEPRECATION, handler),
        hasPage: Object.values(endpoint.answers).some(({ alsoAsPage }) => alsoAsPage === true),
        isConditional: reflector.get<boolean | undefined>(CONDITIONAL, handler) === true,
      };
      assertNoContradiction(access, { controller, handler });
      assertJsonIfIdempotent(endpoint, { controller, handler });
      return [[endpoint.operationId, access] as const];
    });
  return new Map(entries);
}

/**
 * @throws when a route is opened to service accounts and its handler refuses them, when the handler
 *   of a change does not read the preconditions that the route accepts, when nothing checks what the
 *   handler takes from the request, or when it reads a file that the route does not take.
 */
function assertNoContradiction(
  { scopeRule, isConditional }: Access,
  { controller, handler }: Handler,
): void {
  const place = `${controller.name}.${handler.name}`;
  if (scopeRule?.forServiceAccounts && needsUser(controller, handler.name)) {
    throw new Error(`${place} needs a user: use @UserScopes() instead of @Scopes()`);
  }
  if (takesUncheckedInput(controller, handler.name)) {
    throw new Error(
      `${place} has a parameter without a schema: use @Body({ schema }), also for @Query() and @Param()`,
    );
  }
  if (readsUpload(controller, handler.name) && !takesUpload(handler)) {
    throw new Error(`${place} has @UploadedBytes() and no @Upload()`);
  }
  const isRead = Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;
  if ((isConditional && !isRead) !== readsPreconditions(controller, handler.name)) {
    throw new Error(`${place} needs both @Conditional() and @RequestPreconditions(), or neither`);
  }
}

/** @throws when the answers of repeated requests are kept, and something on the route is not JSON. */
function assertJsonIfIdempotent(
  { answers }: EndpointDescription,
  { controller, handler }: Handler,
): void {
  if (!isIdempotent(handler)) return;
  const place = `${controller.name}.${handler.name} has @Idempotent(), which`;
  if (takesUpload(handler)) throw new Error(`${place} compares bodies as JSON: not with @Upload()`);
  if (Object.values(answers).some(({ textType, fileType }) => textType ?? fileType)) {
    throw new Error(`${place} keeps answers as JSON: not with \`textType\` or \`fileType\``);
  }
}

/**
 * Describes the rules of the guards. A route without scopes has `oauth2` without scopes: of all
 * clients, only first-party clients may call it.
 */
export function describeAccess(operation: Operation, access: Access): void {
  const { isPublic, roles, scopeRule } = access;
  const scopes = scopeRule?.scopes ?? [];
  const ways: Record<string, string[]>[] = [{ accessToken: [] }, { oauth2: [...scopes] }];
  if (scopeRule?.forServiceAccounts) ways.push({ machine: [...scopes] });
  operation.security = isPublic ? [] : ways;
  if (roles) Object.assign(operation, { 'x-roles': roles });
  if (scopes.length > 0) Object.assign(operation, { 'x-scopes': scopes });
  const who = isPublic ? ['Open to everyone.'] : [describeUsers(access), describeClients(access)];
  operation.description = [operation.description, ...who].filter(Boolean).join(' ');
}

function describeUsers({ roles }: Access): string {
  return roles ? `Role: ${roles.join(' or ')}.` : 'For every signed-in user.';
}

function describeClients({ scopeRule }: Access): string {
  if (!scopeRule)
    return 'Closed to service accounts, and to OAuth clients that are not first-party.';
  const names = scopeRule.scopes.map((scope) => `\`${scope}\``).join(' and ');
  if (scopeRule.forServiceAccounts) return `OAuth clients and service accounts: scope ${names}.`;
  return `OAuth clients: scope ${names}. Closed to service accounts.`;
}
