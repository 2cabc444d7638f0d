import type { BreakingChange, Rule } from './breaking-change';
import type { Content, OpenApiDocument, Operation, Parameter } from './open-api';
import { compareSchemas, type Direction } from './schemas';

interface Pair {
  name: string;
  before: Operation;
  after: Operation;
}

interface Documents {
  released: OpenApiDocument;
  current: OpenApiDocument;
}

export function compareOperations(pair: Pair, documents: Documents): BreakingChange[] {
  const { name, before, after } = pair;
  const when = (broken: boolean, rule: Rule): BreakingChange[] =>
    broken ? [{ rule, place: name }] : [];
  return [
    ...when(before.operationId !== after.operationId, 'operation-renamed'),
    ...when(isStricter(before, after), 'security-stricter'),
    ...when(
      after.requestBody?.required === true && before.requestBody?.required !== true,
      'body-required',
    ),
    ...compareParameters(pair, documents),
    ...compareBodies(pair, documents),
    ...compareResponses(pair, documents),
  ];
}

/** Whether the current document refuses a caller that the released one accepts. */
function isStricter(before: Operation, after: Operation): boolean {
  const ways = after.security?.length ? after.security : [{}];
  const stillOpen = (before.security?.length ? before.security : [{}]).every((old) =>
    ways.some((way) =>
      Object.entries(way).every(
        ([scheme, scopes]) =>
          scopes.every((scope) => old[scheme]?.includes(scope)) && scheme in old,
      ),
    ),
  );
  const roles = after['x-roles'];
  const oldRoles = before['x-roles'];
  const isNarrower = roles !== undefined && !oldRoles?.every((role) => roles.includes(role));
  return !stillOpen || isNarrower || isStricterForServiceAccounts(before, after);
}

/** Routes for service accounts name their scopes. */
function isStricterForServiceAccounts(before: Operation, after: Operation): boolean {
  const [old, now] = [before['x-scopes'], after['x-scopes']];
  return old !== undefined && !now?.every((scope) => old.includes(scope));
}

function compareParameters({ name, before, after }: Pair, documents: Documents): BreakingChange[] {
  const old = byPlace(before.parameters);
  const now = byPlace(after.parameters);
  const removed = [...old.keys()].filter((key) => !now.has(key));
  const demanded = [...now].filter(([key, { required }]) => required && !old.get(key)?.required);
  return [
    ...removed.map((key) => ({ rule: 'parameter-removed', place: `${name} ${key}` }) as const),
    ...demanded.map(([key]) => ({ rule: 'parameter-required', place: `${name} ${key}` }) as const),
    ...[...old].flatMap(([key, { schema }]) =>
      removed.includes(key)
        ? []
        : compareSchemas(
            { place: `${name} ${key}`, before: schema, after: now.get(key)?.schema },
            { direction: 'request', ...documents },
          ),
    ),
  ];
}

function byPlace(parameters: Parameter[] = []): Map<string, Parameter> {
  return new Map(parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
}

function compareBodies({ name, before, after }: Pair, documents: Documents): BreakingChange[] {
  const contents = { before: before.requestBody?.content, after: after.requestBody?.content };
  return compareContents({ place: `${name} body`, ...contents }, 'request', documents);
}

function compareResponses({ name, before, after }: Pair, documents: Documents): BreakingChange[] {
  // A changed success. Refusals are compared by their code.
  const added = Object.keys(after.responses)
    .filter((status) => status < '3' && !before.responses[status])
    .map((status) => ({ rule: 'response-added', place: `${name} ${status}` }) as const);
  const known = Object.entries(before.responses).flatMap(([status, old]): BreakingChange[] => {
    const place = `${name} ${status}`;
    const now = after.responses[status];
    // A removed refusal breaks no client; its code is compared elsewhere.
    if (!now) return status < '4' ? [{ rule: 'response-removed', place }] : [];
    const lost = Object.keys(old.headers ?? {}).filter((header) => !now.headers?.[header]);
    const contents = { before: old.content, after: now.content };
    return [
      ...lost.map((header) => ({ rule: 'header-removed', place: `${place} ${header}` }) as const),
      ...compareContents({ place, ...contents }, 'response', documents),
    ];
  });
  return [...added, ...known];
}

function compareContents(
  { place, before = {}, after = {} }: { place: string; before?: Content; after?: Content },
  direction: Direction,
  documents: Documents,
): BreakingChange[] {
  return Object.entries(before).flatMap(([type, { schema }]): BreakingChange[] => {
    if (!after[type]) return [{ rule: 'media-type-removed', place: `${place} ${type}` }];
    return compareSchemas(
      { place, before: schema, after: after[type].schema },
      { direction, ...documents },
    );
  });
}
