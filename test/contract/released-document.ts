import type { OpenApiDocument, Operation, Schema } from '../../tools/compatibility/open-api';

export const text: Schema = { type: 'string' };

/** An example of each construct that the comparison covers. */
export function released(): OpenApiDocument {
  return {
    paths: {
      '/things/{id}': {
        put: {
          operationId: 'putThing',
          security: [{ token: ['write'] }],
          'x-scopes': ['things:write'],
          parameters: [
            { name: 'id', in: 'path', required: true, schema: text },
            { name: 'sort', in: 'query', schema: { type: 'string', enum: ['name', 'age'] } },
          ],
          requestBody: { content: { 'application/json': { schema: ref('NewThing') } } },
          responses: {
            200: {
              headers: { ETag: {} },
              content: { 'application/json': { schema: ref('Thing') } },
            },
            409: { content: { 'application/problem+json': { examples: { taken: {}, gone: {} } } } },
          },
        },
      },
      '/open': { get: { operationId: 'getOpen', security: [], responses: { 204: {} } } },
    },
    components: {
      schemas: {
        NewThing: {
          type: 'object',
          additionalProperties: false,
          required: ['name'],
          properties: {
            name: { type: 'string', minLength: 1, maxLength: 100 },
            size: { type: 'number', minimum: 0, maximum: 10 },
            tags: { type: 'array', items: text },
            extra: {},
            kind: { anyOf: [text, { type: 'integer' }] },
          },
        },
        Thing: {
          type: 'object',
          required: ['name', 'label', 'parent'],
          properties: {
            name: text,
            state: { type: 'string', enum: ['new', 'old'] },
            since: { type: 'string', format: 'date-time' },
            counts: { type: 'object', additionalProperties: { type: 'integer' } },
            label: { const: 'thing' },
            note: { anyOf: [text, { type: 'null' }] },
            parts: { type: 'array', items: ref('Part') },
            parent: { anyOf: [ref('Thing'), { type: 'null' }] },
            source: { oneOf: [text, { type: 'integer' }] },
          },
        },
        Part: { type: 'object', required: ['weight'], properties: { weight: { type: 'number' } } },
      },
    },
  };
}

function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export interface Parts {
  document: OpenApiDocument;
  put: Operation;
  body: Required<Pick<Schema, 'properties' | 'required'>> & Schema;
  thing: Required<Pick<Schema, 'properties' | 'required'>> & Schema;
  part: Schema;
}

export function partsOf(document: OpenApiDocument): Parts {
  const { NewThing, Thing, Part } = document.components!.schemas!;
  const put = document.paths['/things/{id}']!.put!;
  return {
    document,
    put,
    body: NewThing as Parts['body'],
    thing: Thing as Parts['thing'],
    part: Part!,
  };
}
