/** The part of OpenAPI 3.1 that the comparison uses. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Operation {
  operationId?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { content?: Content; headers?: Record<string, unknown> }>;
  security?: Record<string, string[]>[];
  'x-roles'?: string[];
  'x-scopes'?: string[];
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

export type Content = Record<string, { schema?: Schema; examples?: Record<string, unknown> }>;

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  maxLength?: number;
  maxItems?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  minItems?: number;
  minimum?: number;
  exclusiveMinimum?: number;
}

/** Resolves a reference; a union of one schema and null is that schema, nullable. */
export function resolve(schema: Schema, { components }: OpenApiDocument): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  if (name !== undefined) {
    return resolve(components?.schemas?.[name] ?? {}, { paths: {}, components });
  }
  const members = schema.anyOf ?? schema.oneOf ?? [];
  const others = members.filter(({ type }) => type !== 'null');
  if (members.length === others.length || others.length !== 1) return schema;
  const other = resolve(others[0]!, { paths: {}, components });
  return { ...other, ...(other.type && { type: [other.type, 'null'].flat() }) };
}
