import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findAll,
  listsOf,
  type OpenApiDocument,
  operationsOf,
  resolveReference,
} from '../support/documents/openapi';
import { loadNatively } from '../support/native/load';

type Documents = typeof import('../../tools/api-documents');
type Linters = typeof import('../../tools/lint-openapi');

const { renderApiDocument, renderAuthDocument, renderMergedDocument } = loadNatively(
  'tools/api-documents',
) as Documents;
const { lintDocument } = loadNatively('tools/lint-openapi') as Linters;

const DOCUMENTS = {
  'openapi.json': renderApiDocument,
  'openapi-auth.json': renderAuthDocument,
  'openapi-all.json': renderMergedDocument,
};

type FileName = keyof typeof DOCUMENTS;

const FILES = Object.keys(DOCUMENTS) as FileName[];

let folder: string;
const documents = new Map<FileName, OpenApiDocument>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  for (const file of FILES) {
    documents.set(file, JSON.parse(await DOCUMENTS[file]()) as OpenApiDocument);
  }
});

afterAll(() => rm(folder, { recursive: true }));

function idsOf(file: FileName): string[] {
  const operations = [...operationsOf(documents.get(file)!).values()];
  return operations.map(({ operationId }) => operationId);
}

describe.each(FILES)('%s', (file) => {
  it('has unique operation ids that are method names', () => {
    const ids = idsOf(file);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]{3,60}$/.test(id))).toEqual([]);
  });

  it('has relative URLs where it is served, and only links within itself', () => {
    const document = documents.get(file)!;
    expect(document.servers.map(({ url }) => url)).toEqual(['/']);
    const references = findAll(document, '$ref').map(({ value }) => String(value));
    expect(references.filter((reference) => !resolveReference(document, reference))).toEqual([]);
  });
});

describe.each(['openapi.json', 'openapi-auth.json'] as const)('every list in %s', (file) => {
  it('is paged, or states its bound', () => {
    const document = documents.get(file)!;
    const lists = [...operationsOf(document)].flatMap(([name, operation]) =>
      listsOf(document, operation).map((list) => ({ name, ...list })),
    );
    expect(lists.length).toBeGreaterThan(8);
    const unbounded = lists.filter(
      ({ schema, isPaged }) => !isPaged && !schema.maxItems && !schema['x-bound'],
    );
    expect(unbounded.map(({ name, property }) => `${name}: ${property}`)).toEqual([]);
  });
});

it('both documents are contained in the merged document', () => {
  const ids = idsOf('openapi-all.json');
  expect(ids).toEqual([...idsOf('openapi.json'), ...idsOf('openapi-auth.json')]);
  expect(ids).toEqual(expect.arrayContaining(['signIn', 'authSignInEmail', 'authJwks']));
});

// `npm run check:openapi` runs them on the whole documents.
describe('the linters', () => {
  let before: string[];

  beforeAll(async () => {
    before = await findingsOf(withOnePath(documents.get('openapi.json')!));
  });

  it.each([
    ['a missing operation id', (document: OpenApiDocument) => delete first(document).operationId],
    ['a missing summary', (document: OpenApiDocument) => delete first(document).summary],
    [
      'a reference to nowhere',
      (document: OpenApiDocument) =>
        (first(document).responses = { 200: { description: 'x', $ref: '#/components/x' } }),
    ],
    [
      'an example that is none',
      (document: OpenApiDocument) => {
        const media = { schema: { type: 'integer' }, example: 'seven' };
        first(document).responses = { 200: { description: 'x', content: { 'text/plain': media } } };
      },
    ],
  ])('report %s', async (_title, spoil) => {
    const document = withOnePath(documents.get('openapi.json')!);
    spoil(document);
    const added = (await findingsOf(document)).filter((finding) => !before.includes(finding));
    expect(added).not.toEqual([]);
  });
});

/** Linters need seconds for the whole document. What the other paths use is now unused. */
function withOnePath(document: OpenApiDocument): OpenApiDocument {
  const [[path, item]] = Object.entries(document.paths) as [[string, object]];
  return structuredClone({ ...document, paths: { [path]: item } }) as OpenApiDocument;
}

async function findingsOf(document: OpenApiDocument): Promise<string[]> {
  const file = join(folder, 'spoilt.json');
  await writeFile(file, JSON.stringify(document));
  return (await lintDocument(file)).map((finding) => JSON.stringify(finding));
}

function first(document: OpenApiDocument): Record<string, unknown> {
  const [operation] = operationsOf(document).values();
  return operation as unknown as Record<string, unknown>;
}
