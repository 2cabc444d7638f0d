import { z } from 'zod';

interface OpenApiSchemas {
  schema: Record<string, unknown>;
  components: Record<string, Record<string, unknown>>;
}

/**
 * Turns a zod schema into OpenAPI 3.1 schemas (JSON Schema 2020-12): every schema with
 * an id becomes a named component, everything else stays in place. Given to
 * `@nestjs/swagger` as its converter, so that validation, response shape and document
 * come from the one schema.
 */
export function toOpenApiSchema(
  schema: unknown,
  { schemaType }: { schemaType: 'input' | 'output' },
): OpenApiSchemas | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: schemaType, override: simplify });
  const components = Object.fromEntries(
    Object.entries($defs).map(([id, definition]) => [id, withoutKeywords(definition)]),
  );
  const { id } = root;
  if (typeof id !== 'string') return { schema: withoutKeywords(root), components };
  return {
    schema: { $ref: `#/components/schemas/${id}` },
    components: { ...components, [id]: withoutKeywords(root) },
  };
}

/** `$schema` and `id` say where a JSON Schema lives; in OpenAPI its place in the document does. */
function withoutKeywords(schema: object): Record<string, unknown> {
  const { $schema: _dialect, id: _id, ...rest } = schema as Record<string, unknown>;
  return rest;
}

/**
 * Query parameters are text that is parsed: `wire` in a schema's metadata says as what a
 * caller should think of them. A pattern next to a `format` would only repeat it at length.
 */
function simplify({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  if (typeof jsonSchema.format === 'string') delete jsonSchema.pattern;
  const { wire } = jsonSchema;
  if (typeof wire !== 'object') return;
  for (const keyword of ['wire', 'type', 'enum', 'pattern']) delete jsonSchema[keyword];
  Object.assign(jsonSchema, wire);
}
