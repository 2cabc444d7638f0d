import { z } from 'zod';
import { toOpenApiSchema } from './openapi-schema';

const inner = z.object({ count: z.int() }).meta({ id: 'Inner' });
const outer = z.strictObject({ inner, at: z.iso.datetime() }).meta({ id: 'Outer' });

describe('a zod schema in OpenAPI', () => {
  it('is a component by its id, and so is every schema in it', () => {
    const { schema, components } = toOpenApiSchema(outer, { schemaType: 'input' })!;
    expect(schema).toEqual({ $ref: '#/$defs/Outer' });
    expect(components).toEqual({
      Outer: {
        type: 'object',
        properties: {
          inner: { $ref: '#/$defs/Inner' },
          at: { type: 'string', format: 'date-time' },
        },
        required: ['inner', 'at'],
        additionalProperties: false,
      },
      Inner: { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] },
    });
  });

  it('is open in answers, so that they may gain fields', () => {
    const { components } = toOpenApiSchema(outer, { schemaType: 'output' })!;
    expect(components.Outer).not.toHaveProperty('additionalProperties');
  });

  it('shows a parsed query parameter as what it stands for', () => {
    const limit = z
      .string()
      .regex(/^\d+$/)
      .transform(Number)
      .meta({ wire: { type: 'integer', minimum: 1 } });
    const { schema, components } = toOpenApiSchema(limit, { schemaType: 'input' })!;
    expect({ schema, components }).toEqual({
      schema: { type: 'integer', minimum: 1 },
      components: {},
    });
  });

  it('is none when it is no zod schema', () => {
    expect(toOpenApiSchema({ type: 'string' }, { schemaType: 'input' })).toBeUndefined();
  });
});
