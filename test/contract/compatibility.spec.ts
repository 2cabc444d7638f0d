import { describeChange } from '../../tools/compatibility/breaking-change';
import { compareDocuments } from '../../tools/compatibility/documents';
import { type Parts, partsOf, released, text } from './released-document';

/** The result of the comparison after a change of the document. */
function changesAfter(mutate: (parts: Parts) => unknown): string[] {
  const current = released();
  mutate(partsOf(current));
  return compareDocuments(released(), current).map(describeChange);
}

const PUT = 'PUT /things/{id}';

type Case = [title: string, mutate: (parts: Parts) => unknown, change: string];

const BREAKING: Case[] = [
  [
    'an operation that is gone',
    ({ document }) => delete document.paths['/open'],
    'operation-removed: GET /open',
  ],
  [
    'an operation by another name',
    ({ put }) => (put.operationId = 'saveThing'),
    `operation-renamed: ${PUT}`,
  ],
  [
    'a parameter that is gone',
    ({ put }) => put.parameters!.pop(),
    `parameter-removed: ${PUT} query sort`,
  ],
  [
    'a parameter under another name',
    ({ put }) => (put.parameters![1]!.name = 'order'),
    `parameter-removed: ${PUT} query sort`,
  ],
  [
    'a new parameter that is required',
    ({ put }) => put.parameters!.push({ name: 'force', in: 'query', required: true }),
    `parameter-required: ${PUT} query force`,
  ],
  [
    'a parameter that becomes required',
    ({ put }) => (put.parameters![1]!.required = true),
    `parameter-required: ${PUT} query sort`,
  ],
  [
    'a parameter with fewer values',
    ({ put }) => put.parameters![1]!.schema!.enum!.pop(),
    `values-narrowed: ${PUT} query sort`,
  ],
  [
    'values where any text was taken',
    ({ body }) => (body.properties.name!.enum = ['a', 'b']),
    `values-narrowed: ${PUT} body .name`,
  ],
  [
    'a body that becomes required',
    ({ put }) => (put.requestBody!.required = true),
    `body-required: ${PUT}`,
  ],
  [
    'a media type that is no longer accepted',
    ({ put }) => (put.requestBody!.content = { 'text/plain': {} }),
    `media-type-removed: ${PUT} body application/json`,
  ],
  [
    'a property that becomes required',
    ({ body }) => body.required.push('size'),
    `property-required: ${PUT} body .size`,
  ],
  [
    'a property that is no longer accepted',
    ({ body }) => delete body.properties.size,
    `property-refused: ${PUT} body .size`,
  ],
  [
    'another type in a body',
    ({ body }) => (body.properties.size!.type = 'integer'),
    `type-changed: ${PUT} body .size`,
  ],
  [
    'a lower upper limit',
    ({ body }) => (body.properties.name!.maxLength = 99),
    `limit-narrowed: ${PUT} body .name`,
  ],
  [
    'a higher lower limit',
    ({ body }) => (body.properties.size!.minimum = 1),
    `limit-narrowed: ${PUT} body .size`,
  ],
  [
    'a pattern where there was none',
    ({ body }) => (body.properties.name!.pattern = '^a'),
    `form-changed: ${PUT} body .name`,
  ],
  [
    'an alternative that is no longer accepted in a body',
    ({ body }) => body.properties.kind!.anyOf!.pop(),
    `alternative-changed: ${PUT} body .kind`,
  ],
  [
    'an answer that is gone',
    ({ put }) => delete put.responses[200],
    `response-removed: ${PUT} 200`,
  ],
  [
    'a header that is gone',
    ({ put }) => delete put.responses[200]!.headers,
    `header-removed: ${PUT} 200 ETag`,
  ],
  [
    'a property that answers lack',
    ({ thing }) => delete thing.properties.note,
    `property-removed: ${PUT} 200 .note`,
  ],
  [
    'a property that answers may lack',
    ({ thing }) => thing.required.shift(),
    `property-optional: ${PUT} 200 .name`,
  ],
  [
    'a property that may be null now',
    ({ thing }) => (thing.properties.name = { type: ['string', 'null'] }),
    `type-changed: ${PUT} 200 .name`,
  ],
  [
    'another type deep in an answer',
    ({ part }) => (part.properties!.weight!.type = 'string'),
    `type-changed: ${PUT} 200 .parts[] .weight`,
  ],
  [
    'another format in an answer',
    ({ thing }) => (thing.properties.since!.format = 'date'),
    `form-changed: ${PUT} 200 .since`,
  ],
  [
    'a list of anything in an answer',
    ({ thing }) => delete thing.properties.parts!.items,
    `type-changed: ${PUT} 200 .parts[]`,
  ],
  [
    'another type of values in a map',
    ({ thing }) => (thing.properties.counts!.additionalProperties = text),
    `type-changed: ${PUT} 200 .counts .*`,
  ],
  [
    'an answer of anything',
    ({ put }) => delete put.responses[200]!.content!['application/json']!.schema,
    `type-changed: ${PUT} 200`,
  ],
  [
    'a type where a body took anything',
    ({ body }) => (body.properties.extra = text),
    `type-changed: ${PUT} body .extra`,
  ],
  [
    'an upper limit that is lower',
    ({ body }) => (body.properties.size!.exclusiveMaximum = 10),
    `limit-narrowed: ${PUT} body .size`,
  ],
  ['one more way to succeed', ({ put }) => (put.responses[202] = {}), `response-added: ${PUT} 202`],
  [
    'another constant in an answer',
    ({ thing }) => (thing.properties.label!.const = 'item'),
    `type-changed: ${PUT} 200 .label`,
  ],
  [
    'an answer that becomes one of two shapes',
    ({ document: { components } }) =>
      (components!.schemas!.Part = { anyOf: [components!.schemas!.Part!, { type: 'object' }] }),
    `alternative-changed: ${PUT} 200 .parts[]`,
  ],
  [
    'one more alternative in an answer',
    ({ thing }) => thing.properties.source!.oneOf!.push({ type: 'boolean' }),
    `alternative-changed: ${PUT} 200 .source`,
  ],
  [
    'a token where none was needed',
    ({ document }) => (document.paths['/open']!.get!.security = [{ token: [] }]),
    'security-stricter: GET /open',
  ],
  [
    'a scope more',
    ({ put }) => put.security![0]!.token!.push('admin'),
    `security-stricter: ${PUT}`,
  ],
  ['a role', ({ put }) => (put['x-roles'] = ['admin']), `security-stricter: ${PUT}`],
  [
    'a scope more for service accounts',
    ({ put }) => put['x-scopes']!.push('admin'),
    `security-stricter: ${PUT}`,
  ],
  [
    'no longer open to service accounts',
    ({ put }) => delete put['x-scopes'],
    `security-stricter: ${PUT}`,
  ],
  [
    'a problem code with another status',
    ({ put }) => {
      const { examples } = put.responses[409]!.content!['application/problem+json']!;
      delete examples!.gone;
      put.responses[410] = { content: { 'application/problem+json': { examples: { gone: {} } } } };
    },
    'problem-code-removed: 409 gone',
  ],
  [
    'a problem code that is gone',
    ({ put }) => delete put.responses[409]!.content!['application/problem+json']!.examples!.gone,
    'problem-code-removed: 409 gone',
  ],
];

type Harmless = [title: string, mutate: (parts: Parts) => unknown];

const HARMLESS: Harmless[] = [
  ['nothing at all', () => undefined],
  ['a new operation', ({ document, put }) => (document.paths['/more'] = { put })],
  [
    'a new parameter that may be left out',
    ({ put }) => put.parameters!.push({ name: 'page', in: 'query' }),
  ],
  ['one more value in an answer', ({ thing }) => thing.properties.state!.enum!.push('lost')],
  ['one value less in an answer', ({ thing }) => thing.properties.state!.enum!.pop()],
  ['a format in an answer', ({ thing }) => (thing.properties.name!.format = 'email')],
  ['a scope less for service accounts', ({ put }) => put['x-scopes']!.pop()],
  ['one more value in a request', ({ put }) => put.parameters![1]!.schema!.enum!.push('size')],
  ['a new property that may be left out', ({ body }) => (body.properties.colour = text)],
  ['a property that becomes optional', ({ body }) => body.required.pop()],
  ['wider limits', ({ body }) => (body.properties.name!.maxLength = 200)],
  ['a wider type in a request', ({ body }) => (body.properties.name!.type = ['string', 'null'])],
  ['a new property in an answer', ({ thing }) => (thing.properties.colour = text)],
  ['an answer that can no longer be null', ({ thing }) => (thing.properties.note = text)],
  ['an answer of an integer', ({ part }) => (part.properties!.weight!.type = 'integer')],
  ['a refusal that does not happen', ({ put }) => (put.responses[422] = {})],
  ['one more way to come in', ({ put }) => put.security!.push({ key: [] })],
  ['a route that opens', ({ put }) => (put.security = [])],
  [
    'a schema that is written in place',
    ({ thing, document, put }) => {
      const content = put.responses[200]!.content!;
      content['application/json']!.schema = structuredClone(thing);
      document.components!.schemas!.Unused = text;
    },
  ],
];

describe('the comparison with the released document', () => {
  it.each(BREAKING)('reports %s', (_title, mutate, change) => {
    expect(changesAfter(mutate)).toEqual([change]);
  });

  it.each(HARMLESS)('allows %s', (_title, mutate) => {
    expect(changesAfter(mutate)).toEqual([]);
  });
});
