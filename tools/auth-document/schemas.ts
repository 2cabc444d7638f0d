import { isJson, rewrite, valuesUnder, type Json } from './json';

/** A prefix of the auth server's schema names, to separate them from the API's. */
const PREFIX = 'Auth';

const REFERENCE = '#/components/schemas/';

const TYPES = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);

/** Converts the library's schemas to JSON Schema 2020-12. */
export function correctSchemas(node: unknown): unknown {
  return rewrite(node, (object) => {
    if (typeof object.$ref === 'string') return { $ref: renamed(object.$ref) };
    return withNull(withKnownType(withKnownRequired(object)));
  });
}

function renamed(reference: string): string {
  return reference.replace(REFERENCE, `${REFERENCE}${PREFIX}`);
}

/** Named schemas that the paths reference, directly or indirectly. */
export function usedSchemas(paths: unknown, schemas: Json): Json {
  const all = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      PREFIX + name,
      correctSchemas(withNullColumns(withoutInternal(schema as Json))),
    ]),
  );
  const used = new Set<string>();
  const visit = (node: unknown) => {
    for (const name of valuesUnder(node, '$ref').map((ref) => String(ref).replace(REFERENCE, ''))) {
      if (used.has(name) || !(name in all)) continue;
      used.add(name);
      visit(all[name]);
    }
  };
  visit(paths);
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}

/** Columns that no answer has (`returned: false`). */
const INTERNAL = ['basis', 'begunIn'];

function withoutInternal(schema: Json): Json {
  const columns = Object.entries((schema.properties ?? {}) as Json);
  const returned = columns.filter(([name]) => !INTERNAL.includes(name));
  return { ...schema, properties: Object.fromEntries(returned) };
}

/** A named schema is a row. A column that it does not require can be null in an answer. */
function withNullColumns(schema: Json): Json {
  const { required = [], properties = {} } = schema as { required?: string[]; properties?: Json };
  const columns = Object.entries(properties).map(([name, column]) => [
    name,
    required.includes(name) ? column : { ...(column as Json), nullable: true },
  ]);
  return { ...schema, properties: Object.fromEntries(columns) as Json };
}

/** `nullable` belongs to OpenAPI 3.0. A property with that name is not a keyword. */
function withNull(schema: Json): Json {
  const { nullable, ...rest } = schema;
  if (typeof nullable !== 'boolean') return schema;
  if (!nullable) return rest;
  if (rest.type === undefined) return { anyOf: [rest, { type: 'null' }] };
  return { ...rest, type: [...new Set([rest.type, 'null'].flat())] };
}

/** The library also uses column types: a date is a string, and json is any value. */
function withKnownType(schema: Json): Json {
  const { type, ...rest } = schema;
  if (type === 'date') return { ...rest, type: 'string', format: 'date-time' };
  if (type === 'array' && rest.items === undefined) return { ...schema, items: {} };
  return typeof type === 'string' && !TYPES.has(type) && isSchema(rest) ? rest : schema;
}

/** `type` and `in` of security schemes and parameters have another meaning. */
function isSchema(rest: Json): boolean {
  return rest.scheme === undefined && rest.in === undefined;
}

function withKnownRequired(schema: Json): Json {
  const { required, properties } = schema;
  if (!Array.isArray(required) || !isJson(properties)) return schema;
  return { ...schema, required: required.filter((name: string) => name in properties) };
}
