import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';

/** The factories of the parameter decorators of a handler. */
export function parameterFactoriesOf(controller: object, handlerName: string): object[] {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName) ??
    {}) as Record<string, { factory?: object }>;
  return Object.values(parameters).flatMap(({ factory }) => factory ?? []);
}
