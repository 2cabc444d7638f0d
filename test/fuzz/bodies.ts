import fc, { type Arbitrary } from 'fast-check';
import { oddJson } from './values';

/** Content and media type of a body. */
export interface Body {
  type: string | undefined;
  content: string | Uint8Array;
}

const JSON_TYPE = 'application/json';

const ODD_TYPES = [
  'application/json; charset=utf-16',
  'application/json; charset="',
  'application/json;',
  'application/problem+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/html; charset=utf-8',
  'application/xml',
  'a/b/c',
  '/',
  '*/*',
];

/** Bodies that are not JSON, or too large. */
const BROKEN: (string | Uint8Array)[] = [
  '',
  ' ',
  '{',
  '{"a":}',
  '{"a":1,}',
  "{'a':1}",
  '{"a":1} {"b":2}',
  'undefined',
  'NaN',
  '\ufeff{}',
  '{"email":"a@example.com","email":"b@example.com"}',
  '{"__proto__":{"role":"admin"}}',
  '{"constructor":{"prototype":{"role":"admin"}}}',
  '{"role":"admin","__proto__":null}',
  '{"name":"\\u0000"}',
  '{"name":"\\ud800"}',
  '[]',
  'null',
  '"text"',
  '['.repeat(20_000),
  '['.repeat(5_000) + ']'.repeat(5_000),
  '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000),
  JSON.stringify({ name: 'a'.repeat(100_001) }),
  JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`k${index}`, 1]))),
  Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d),
  Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22),
  Uint8Array.of(0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00),
  Uint8Array.of(0x00),
];

/** Mostly valid JSON of the given kind; sometimes malformed or of another type. */
export function bodies(values: Arbitrary<unknown>, mediaType = JSON_TYPE): Arbitrary<Body> {
  const readable = values.map((value) => ({ type: mediaType, content: write(value, mediaType) }));
  return fc.oneof(
    { weight: 12, arbitrary: readable },
    {
      weight: 2,
      arbitrary: oddJson.map((value) => ({ type: JSON_TYPE, content: JSON.stringify(value) })),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(...BROKEN).map((content) => ({ type: mediaType, content })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(undefined, ...ODD_TYPES), values)
        .map(([type, value]) => ({ type, content: JSON.stringify(value) })),
    },
  );
}

/** Forms have no nesting: values that are not text are sent as JSON. */
function write(value: unknown, mediaType: string): string {
  if (mediaType !== 'application/x-www-form-urlencoded') return JSON.stringify(value);
  const entries = Object.entries(value ?? {}).map(([name, field]) => [
    name,
    typeof field === 'string' ? field.toWellFormed() : JSON.stringify(field),
  ]);
  return new URLSearchParams(Object.fromEntries(entries) as Record<string, string>).toString();
}
