import { API_SCOPES, isRole, USER_SCOPES } from '../../contract';

interface Operation {
  operationId: string;
  tags?: string[];
  security?: object[];
  'x-roles'?: string[];
  'x-scopes'?: string[];
}

export interface RoutesDocument {
  tags?: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
}

interface Declared {
  /** Of the features, each with its callers. */
  routes: Record<string, string>;
  /** The document of Gatehouse alone. */
  own: RoutesDocument;
}

/**
 * Compares the routes of the controllers with the declarations of the features. @returns a sentence
 * for each fault.
 */
export function findRouteFaults(whole: RoutesDocument, { routes, own }: Declared): string[] {
  const ownRoutes = new Set(operationsOf(own).keys());
  const found = [...operationsOf(whole)].filter(([route]) => !ownRoutes.has(route));
  const names = new Set(found.map(([route]) => route));
  const tags = new Set(whole.tags?.map(({ name }) => name));
  return [
    ...Object.keys(routes)
      .filter((route) => !names.has(route))
      .map((route) => `No controller has the route ${route} of \`routes\`.`),
    ...found.flatMap(([route, operation]) => [
      ...findWrongCallers(route, { operation, declared: routes[route] }),
      ...findUnknownNames(route, { operation, tags }),
    ]),
    ...findRepeatedIds([...operationsOf(whole).values()]),
  ];
}

function operationsOf({ paths }: RoutesDocument): Map<string, Operation> {
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    ),
  );
}

function findWrongCallers(
  route: string,
  { operation, declared }: { operation: Operation; declared: string | undefined },
): string[] {
  const { security = [], 'x-roles': roles = ['user'] } = operation;
  const callers = security.length === 0 ? 'open' : roles.join();
  if (declared === callers) return [];
  return [
    declared === undefined
      ? `${route} is missing in \`routes\` of its feature. Its callers are '${callers}'.`
      : `${route} has the callers '${declared}' in \`routes\`, and '${callers}' by its decorators.`,
  ];
}

/** The compiler finds unknown roles and scopes too. */
function findUnknownNames(
  route: string,
  { operation, tags }: { operation: Operation; tags: Set<string> },
): string[] {
  const known: readonly string[] = [...USER_SCOPES, ...API_SCOPES];
  const unknown = [
    ...(operation.tags ?? []).filter((tag) => !tags.has(tag)).map((tag) => `the tag ${tag}`),
    ...(operation['x-roles'] ?? [])
      .filter((role) => !isRole(role))
      .map((role) => `the role ${role}`),
    ...(operation['x-scopes'] ?? [])
      .filter((scope) => !known.includes(scope))
      .map((scope) => `the scope ${scope}`),
  ];
  return unknown.map((name) => `${route} uses ${name}, which no feature declares.`);
}

function findRepeatedIds(operations: Operation[]): string[] {
  const ids = operations.map(({ operationId }) => operationId);
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) < index));
  return [...repeated].map((id) => `Two routes have the operationId ${id}.`);
}
