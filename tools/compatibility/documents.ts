import type { BreakingChange } from './breaking-change';
import { compareOperations } from './operations';
import type { Operation, OpenApiDocument } from './open-api';

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace']);

/** Changes of the current document that break clients of the released one. */
export function compareDocuments(
  released: OpenApiDocument,
  current: OpenApiDocument,
): BreakingChange[] {
  const now = operationsOf(current);
  const changes = [...operationsOf(released)].flatMap(([name, before]): BreakingChange[] => {
    const after = now.get(name);
    if (!after) return [{ rule: 'operation-removed', place: name }];
    return compareOperations({ name, before, after }, { released, current });
  });
  return [...changes, ...lostProblemCodes(released, current)];
}

function operationsOf({ paths }: OpenApiDocument): Map<string, Operation> {
  const entries = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );
  return new Map(entries);
}

/** Clients use codes: a removed code was renamed, or has another status. */
function lostProblemCodes(released: OpenApiDocument, current: OpenApiDocument): BreakingChange[] {
  const kept = problemCodesOf(current);
  return [...problemCodesOf(released)]
    .filter((code) => !kept.has(code))
    .map((place) => ({ rule: 'problem-code-removed', place }));
}

function problemCodesOf(document: OpenApiDocument): Set<string> {
  const codes = [...operationsOf(document).values()].flatMap(({ responses }) =>
    Object.entries(responses).flatMap(([status, { content }]) =>
      Object.keys(content?.['application/problem+json']?.examples ?? {}).map(
        (code) => `${status} ${code}`,
      ),
    ),
  );
  return new Set(codes);
}
