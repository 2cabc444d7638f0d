import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

interface Content {
  schema: JsonSchema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: {
    name: string;
    in: string;
    required: boolean;
    schema: JsonSchema;
    example?: unknown;
  }[];
  requestBody?: { required: boolean; content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content> }>;
  'x-scopes'?: string[];
  'x-roles'?: string[];
}

export interface OpenApiDocument {
  openapi: string;
  tags: { name: string }[];
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

/** Operations by `GET /path`. */
export function operationsOf({ paths }: OpenApiDocument): Map<string, Operation> {
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    ),
  );
}

/** Whether the schema is that of a file: it has no example. */
export function isFile({ format }: JsonSchema): boolean {
  return format === 'binary';
}

/** Every value with the name, at any depth, with the object that contains it. */
export function findAll(node: unknown, name: string): { value: unknown; holder: JsonSchema }[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = Object.hasOwn(node, name)
    ? [{ value: (node as JsonSchema)[name], holder: node as JsonSchema }]
    : [];
  return [...own, ...Object.values(node).flatMap((child) => findAll(child, name))];
}

/** The target of a reference such as `#/components/schemas/User`. */
export function resolveReference(document: OpenApiDocument, reference: string): unknown {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((node, name) => (node as JsonSchema | undefined)?.[name], document);
}

export interface List {
  /** The property that holds the list; empty when the answer is the list. */
  property: string;
  schema: JsonSchema;
  isPaged: boolean;
}

/** The lists in the successful answers of an operation: arrays of objects or of any values. */
export function listsOf(document: OpenApiDocument, { responses }: Operation): List[] {
  const contents = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    status.startsWith('2') ? Object.values(content) : [],
  );
  const resolved = (schema: JsonSchema = {}): JsonSchema =>
    typeof schema.$ref === 'string'
      ? (resolveReference(document, schema.$ref) as JsonSchema)
      : schema;
  return contents.flatMap(({ schema }) => {
    const answer = resolved(schema);
    const properties = Object.entries((answer.properties ?? {}) as Record<string, JsonSchema>);
    const isPaged = properties.some(([name]) => name === 'nextCursor');
    return [['', answer] as const, ...properties]
      .map(([property, value]) => ({ property, schema: resolved(value), isPaged }))
      .filter((list) => isList(list.schema, resolved));
  });
}

function isList({ type, items }: JsonSchema, resolved: (schema?: JsonSchema) => JsonSchema) {
  const isOfTexts = resolved(items as JsonSchema | undefined).type === 'string';
  return [type].flat().includes('array') && !isOfTexts;
}

/** Errors of the value by a schema of the document; an empty list when it is valid. */
export function faultsOf(document: OpenApiDocument, schema: JsonSchema, value: unknown): string[] {
  const definitions = { ...schema, $defs: document.components.schemas };
  const standalone = JSON.parse(
    JSON.stringify(definitions).replaceAll('#/components/schemas/', '#/$defs/'),
  ) as JsonSchema;
  const result = z.fromJSONSchema(standalone).safeParse(value);
  return result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}
