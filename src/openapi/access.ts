import type { INestApplication, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import type { Operation } from './operation';
import type { ApiScope, Role } from '../../contract';
import { IS_PUBLIC } from '../auth/public.decorator';
import { isLimited } from '../auth/rate-limit/rate-limit.guard';
import { REQUIRED_ROLES } from '../auth/roles.decorator';
import { REQUIRED_SCOPES } from '../auth/scopes.decorator';
import { DEPRECATION, type Deprecation } from '../common/openapi/deprecated.decorator';
import { ENDPOINT, type EndpointDescription } from '../common/openapi/endpoint.decorator';
import type { ProblemCode } from '../common/problems/problem-codes';

/** Who may call an operation and what it refuses with of its own accord. */
export interface Access {
  isPublic: boolean;
  roles: Role[] | undefined;
  /** What machines and programs that act for a user need; `undefined`: closed to machines. */
  scopes: ApiScope[] | undefined;
  problems: ProblemCode[];
  /** Whether requests are counted. */
  isLimited: boolean;
  deprecation: Deprecation | undefined;
  /** Whether browsers get the answer as an HTML page. */
  hasPage: boolean;
}

/** What the guards will enforce, read from the same metadata by the same rule: handler, then class. */
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
      if (!endpoint) return [];
      const targets = [handler, controller];
      const access: Access = {
        isPublic: reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets) === true,
        roles: reflector.getAllAndOverride<Role[] | undefined>(REQUIRED_ROLES, targets),
        scopes: reflector.getAllAndOverride<ApiScope[] | undefined>(REQUIRED_SCOPES, targets),
        problems: endpoint.problems ?? [],
        isLimited: isLimited(controller),
        deprecation: reflector.get<Deprecation | undefined>(DEPRECATION, handler),
        hasPage: Object.values(endpoint.answers).some(({ alsoAsPage }) => alsoAsPage === true),
      };
      return [[endpoint.operationId, access] as const];
    });
  return new Map(entries);
}

/** One decorator sets what the guard enforces; the document reads the same, so it cannot lie. */
export function describeAccess(operation: Operation, { isPublic, roles, scopes }: Access): void {
  const machine = scopes ? [{ machine: [...scopes] }] : [];
  operation.security = isPublic ? [] : [{ accessToken: [] }, { oauth2: [] }, ...machine];
  if (roles) Object.assign(operation, { 'x-roles': roles });
  if (scopes) Object.assign(operation, { 'x-scopes': scopes });
  const who = isPublic
    ? 'Open to everyone.'
    : roles
      ? `Role: ${roles.join(' or ')}.`
      : 'For every signed-in user.';
  const machines =
    scopes && `Machines: scope ${scopes.map((scope) => `\`${scope}\``).join(' and ')}.`;
  operation.description = [operation.description, who, machines].filter(Boolean).join(' ');
}
