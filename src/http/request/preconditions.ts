import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { parameterFactoriesOf } from '../../common/openapi/parameter-factories';

/** The state of the resource for which the request is meant (RFC 9110, section 13.1). */
export interface Preconditions {
  /** A list of entity tags. */
  ifMatch?: string;
  /** `*`, or a list of entity tags. */
  ifNoneMatch?: string;
}

function preconditionsOf(_data: unknown, context: ExecutionContext): Preconditions {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { ifMatch: ifMatchOf(request), ifNoneMatch: request.headers['if-none-match'] };
}

/** @returns `undefined` also for `*`, which asks only that the resource exists: each route checks it. */
export function ifMatchOf({ headers }: FastifyRequest): string | undefined {
  const ifMatch = headers['if-match'];
  return ifMatch?.trim() === '*' ? undefined : ifMatch;
}

/**
 * The preconditions of a change, on a route marked `@Conditional()`. The handler passes them to the
 * transaction, which checks them with `assertPreconditions()` after it has locked the row.
 */
export const RequestPreconditions = createParamDecorator(preconditionsOf);

/** Whether a parameter of the handler has the preconditions. */
export function readsPreconditions(controller: object, handlerName: string): boolean {
  return parameterFactoriesOf(controller, handlerName).includes(preconditionsOf);
}
