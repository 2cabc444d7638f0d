import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';

interface Parameter {
  factory?: object;
  schema?: object;
}

const VALIDATED = [RouteParamtypes.BODY, RouteParamtypes.QUERY, RouteParamtypes.PARAM];

/** The factories of the parameter decorators of a handler. */
export function parameterFactoriesOf(controller: object, handlerName: string): object[] {
  return Object.values(parametersOf(controller, handlerName)).flatMap(
    ({ factory }) => factory ?? [],
  );
}

/** Whether a body, query or path parameter of the handler has no schema: nothing would check it. */
export function takesUncheckedInput(controller: object, handlerName: string): boolean {
  return Object.entries(parametersOf(controller, handlerName)).some(
    ([place, { schema }]) =>
      schema === undefined && VALIDATED.some((type) => place.startsWith(`${type}:`)),
  );
}

/** By type and index, such as `3:0`. */
function parametersOf(controller: object, handlerName: string): Record<string, Parameter> {
  const parameters: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName);
  return (parameters ?? {}) as Record<string, Parameter>;
}
