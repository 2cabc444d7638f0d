import fc, { type Arbitrary } from 'fast-check';
import type { OpenApiDocument } from '../support/documents/openapi';

type Schema = Record<string, unknown>;

/** Text that is known to cause errors in servers. */
export const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\u202e\u0000',
  "' OR 1=1 --",
  '"; DROP TABLE "user"; --',
  '$1',
  '%00',
  '%',
  '\\',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '<script>',
  '${7*7}',
  '{{7*7}}',
  '\r\nSet-Cookie: a=b',
  'ａ'.repeat(300),
  'a'.repeat(5_000),
  'true',
  'null',
  'NaN',
  '-0',
  '1e400',
  '9'.repeat(40),
  'a@b.c',
  'https://example.com/\0',
  'javascript:alert(1)',
  '0000-00-00T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '9999-12-31T23:59:60Z',
];

/** Any JSON, with many unusual values. */
export const oddJson: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(null, true, false, 0, -1, 1.5, 1e308, -1e308, 2 ** 53, [], {}, [[]]),
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(fc.constantFrom(...ODD_TEXTS), { maxLength: 4 }),
);

const FORMATS: Record<string, Arbitrary<string>> = {
  email: fc.oneof(
    fc.emailAddress(),
    fc.nat().map((number) => `fuzz-${number}@example.com`),
  ),
  uri: fc.webUrl(),
  'date-time': fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  uuid: fc.uuid(),
};

/** Values of the running system, by the name of the parameter. */
export type KnownValues = Record<string, string[]>;

/** Values that match the schema of a document, or nearly match it. */
export class Values {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly known: KnownValues,
  ) {}

  /** Mostly values that match the schema. */
  of(schema: Schema, depth = 0): Arbitrary<unknown> {
    if (typeof schema.$ref === 'string') return this.of(this.resolve(schema.$ref), depth + 1);
    const example = schema.example === undefined ? [] : [fc.constant(schema.example)];
    return fc.oneof({ maxDepth: 3 }, ...example, this.ofType(schema, depth));
  }

  /** An object with unusual, missing and unknown fields. */
  nearly(schema: Schema): Arbitrary<unknown> {
    return fc
      .tuple(this.of(schema), fc.array(fc.tuple(fc.nat(), oddJson), { maxLength: 1 }), fc.nat(9))
      .map(([value, spoilt, more]) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
        const entries = Object.entries(value);
        for (const [place, odd] of spoilt) {
          const entry = entries[place % Math.max(entries.length, 1)];
          if (entry) entry[1] = odd;
        }
        if (more === 0) entries.push(['unknown', 1]);
        if (more === 1) entries.pop();
        return Object.fromEntries(entries);
      });
  }

  private ofType(schema: Schema, depth: number): Arbitrary<unknown> {
    const members = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
    if (members?.length) return fc.oneof(...members.map((member) => this.of(member, depth + 1)));
    const values = schema.const === undefined ? schema.enum : [schema.const];
    if (Array.isArray(values) && values.length > 0)
      return fc.constantFrom(...(values as unknown[]));
    const types = [schema.type ?? []].flat() as string[];
    if (types.length === 0 || depth > 6) return fc.jsonValue({ maxDepth: 1 });
    return fc.oneof(...types.map((type) => this.ofOneType(type, schema, depth)));
  }

  private ofOneType(type: string, schema: Schema, depth: number): Arbitrary<unknown> {
    if (type === 'object') return this.ofObject(schema, depth);
    if (type === 'array') {
      return fc.array(this.of((schema.items ?? {}) as Schema, depth + 1), { maxLength: 3 });
    }
    if (type === 'string') return FORMATS[String(schema.format)] ?? ofText(schema);
    if (type === 'boolean') return fc.boolean();
    return type === 'null' ? fc.constant(null) : fc.integer({ min: -2, max: 300 });
  }

  private ofObject(schema: Schema, depth: number): Arbitrary<unknown> {
    const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
    const model = Object.fromEntries(
      properties.map(([name, property]) => [name, this.ofProperty(name, property, depth)]),
    );
    return fc.record(model, { requiredKeys: (schema.required ?? []) as string[] });
  }

  private ofProperty(name: string, schema: Schema, depth: number): Arbitrary<unknown> {
    const generated = this.of(schema, depth + 1);
    const known = this.known[name];
    if (!known) return generated;
    return fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: generated },
    );
  }

  private resolve(reference: string): Schema {
    return this.document.components.schemas[reference.split('/').at(-1)!] ?? {};
  }
}

function ofText({ minLength = 0, maxLength = 60 }: Schema): Arbitrary<string> {
  const most = Math.min(Number(maxLength), 200);
  const least = Math.min(Number(minLength), most);
  return fc.string({ minLength: least, maxLength: most, unit: 'grapheme' });
}
