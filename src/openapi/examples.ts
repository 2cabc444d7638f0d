import type { OpenAPIObject } from '@nestjs/swagger';
import type { Operation } from './operation';

/** The parts of a schema from which an example is created. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  example?: unknown;
  examples?: unknown[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

interface Media {
  schema?: Schema;
  example?: unknown;
}

interface Content {
  content?: Record<string, Media>;
}

type Schemas = Record<string, Schema>;

/**
 * Adds one complete example to each parameter, body and successful answer, created from the
 * examples of the fields. A test sends all of them.
 */
export function addExamples(operation: Operation, document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Schemas;
  const parameters = (operation.parameters ?? []) as Media[];
  const { requestBody } = operation as { requestBody?: Content };
  const answers = Object.entries(operation.responses ?? {})
    .filter(([status]) => status < '3')
    .flatMap(([, answer]) => Object.values((answer as Content).content ?? {}));
  const bodies = Object.values(requestBody?.content ?? {});
  for (const media of [...parameters, ...bodies, ...answers]) {
    const example = media.example ?? exampleOf(media.schema ?? {}, schemas);
    if (example !== undefined) media.example = example;
  }
}

/** A value of the schema; `undefined` when a part has no example. */
function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if (schema.$ref !== undefined) {
    return exampleOf(schemas[schema.$ref.split('/').at(-1)!] ?? {}, schemas);
  }
  const given = [
    schema.example,
    schema.examples?.[0],
    schema.const,
    schema.default,
    schema.enum?.[0],
  ];
  const own = given.find((value) => value !== undefined);
  return own === undefined ? madeOf(schema, schemas) : own;
}

function madeOf(schema: Schema, schemas: Schemas): unknown {
  const { properties, items, anyOf, oneOf } = schema;
  const types = [schema.type ?? []].flat();
  const members = anyOf ?? oneOf;
  if (members) return firstOf(members.map((member) => exampleOf(member, schemas)));
  if (properties) return objectOf(properties, schemas);
  if (items) return [exampleOf(items, schemas)].filter((item) => item !== undefined);
  if (types.includes('null')) return null;
  if (types.includes('boolean')) return false;
  return types.includes('object') ? {} : undefined;
}

function firstOf(examples: unknown[]): unknown {
  return examples.find((example) => example !== undefined && example !== null) ?? examples.at(-1);
}

/** A field without an example is left out: where it is required, the example is no example. */
function objectOf(properties: Schemas, schemas: Schemas): object {
  const entries = Object.entries(properties).map(([name, schema]) => [
    name,
    exampleOf(schema, schemas),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as object;
}
