import { z } from 'zod';

interface OpenApiSchemas {
  schema: Record<string, unknown>;
  components: Record<string, Record<string, unknown>>;
}

/**
 * Turns a zod schema into OpenAPI 3.1 schemas (JSON Schema 2020-12): every schema with an id
 * becomes a named component, everything else stays in place. Given to `@nestjs/swagger` as its
 * converter, so that validation, response shape and document come from one schema.
 */
export function toOpenApiSchema(
  schema: unknown,
  { schemaType }: { schemaType: 'input' | 'output' },
): OpenApiSchemas | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const override = ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
    simplify(jsonSchema);
    // Answers may get new fields within v1: a client that refuses unknown fields would break.
    if (schemaType === 'output') delete jsonSchema.additionalProperties;
  };
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: schemaType, override });
  const components = Object.fromEntries(
    Object.entries($defs).map(([id, definition]) => [id, withoutKeywords(definition)]),
  );
  return { schema: withoutKeywords(root), components };
}

/**
 * `$schema` and `id` identify a JSON Schema; in OpenAPI its place in the document identifies it.
 */
function withoutKeywords(schema: object): Record<string, unknown> {
  const { $schema: _dialect, id: _id, ...rest } = schema as Record<string, unknown>;
  return rest;
}

/**
 * Query parameters are text that is parsed: `wire` in a schema's metadata is the type that
 * the document shows. A pattern next to a `format` repeats the format and is left out, and
 * so are the bounds of JavaScript's integers.
 */
function simplify(jsonSchema: Record<string, unknown>): void {
  if (typeof jsonSchema.format === 'string') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  const { wire } = jsonSchema;
  if (typeof wire !== 'object') return;
  for (const keyword of ['wire', 'type', 'enum', 'pattern']) delete jsonSchema[keyword];
  Object.assign(jsonSchema, wire);
}
