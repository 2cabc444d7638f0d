import { INSTALLED_FEATURES } from '../../contract';
import {
  PROBLEM_CODES,
  isProblemCode,
  type ProblemCode,
} from '../../src/common/problems/problem-codes';
import { AnswerSchemas } from '../support/documents/answer-schemas';
import type { Answer } from '../support/caller';
import {
  callerFor,
  exampleBodyOf,
  fillFeatures,
  refusalOf,
  sendExamples,
} from '../support/documents/example-world';
import {
  isFile,
  type OpenApiDocument,
  type Operation,
  operationsOf,
} from '../support/documents/openapi';
import { findHiddenUsers } from '../support/documents/feature-tables';
import { expectProblem } from '../support/problems';
import { PASSWORD, type SignedInUser, System } from '../support/system';

type Json = Record<string, unknown>;

/** Operations whose example needs an existing user. */
const NEEDS_THE_EXAMPLE_USER = new Set(['signIn']);

let system: System;
let admin: SignedInUser;
let document: OpenApiDocument;
let operations: Map<string, Operation>;
let schemas: AnswerSchemas;

beforeAll(async () => {
  system = await System.start();
  admin = await system.asAdmin();
  document = (await system.asAnonymous().get<OpenApiDocument>('/openapi.json')).body;
  operations = operationsOf(document);
  schemas = new AnswerSchemas(document);
});

afterAll(() => system.stop());

async function prepareWorld(operation: Operation) {
  const { operationId, security, 'x-roles': roles } = operation;
  const signUp = exampleBodyOf(operations.get('POST /api/v1/auth/sign-up')!)!;
  await system.query('DELETE FROM "user" WHERE email = $1', [signUp.email]);
  if (NEEDS_THE_EXAMPLE_USER.has(operationId)) {
    await system.asAnonymous().post('/api/v1/auth/sign-up', signUp);
  }
  const target = await system.asUser();
  if (roles) return { system, target, caller: await callerFor(operation, { system, admin }) };
  return { system, target, caller: security.length === 0 ? system.asAnonymous() : target.caller };
}

function expectAsDescribed(name: string, answer: Answer<unknown>): void {
  const { status, headers, body } = answer;
  const refusal = refusalOf(operations.get(name)!);
  if (refusal !== undefined) return void expectProblem(answer, refusal as ProblemCode);
  const [method, path] = name.split(' ') as [string, string];
  const type = headers.get('content-type')?.split(';', 1)[0];
  const isListed = operations.get(name)!.responses[status] !== undefined;
  expect({ name, status, body, isListed, isFine: status < 300 }).toEqual({
    name,
    status,
    body,
    isListed: true,
    isFine: true,
  });
  if (type === undefined) return;
  const media = ['responses', status, 'content', type, 'schema'];
  const value = /json/.test(type) ? body : String(body);
  const faults = schemas.faultsOf(['paths', path, method.toLowerCase(), ...media], value);
  expect({ name, status, faults }).toEqual({ name, status, faults: [] });
}

/** Every place of the document that has, or should have, an example. */
function* examplePlaces(): Generator<{ place: (string | number)[]; example: unknown }> {
  for (const [name, { parameters = [], requestBody, responses }] of operations) {
    const [method, path] = name.split(' ') as [string, string];
    const start = ['paths', path, method.toLowerCase()];
    for (const [index, { example }] of parameters.entries()) {
      yield { place: [...start, 'parameters', index, 'schema'], example };
    }
    const contents = [
      { at: ['requestBody'], content: requestBody?.content },
      ...Object.entries(responses)
        .filter(([status]) => status < '3')
        .map(([status, { content }]) => ({ at: ['responses', status], content })),
    ];
    for (const { at, content = {} } of contents) {
      for (const [type, { example, schema }] of Object.entries(content)) {
        if (isFile(schema)) continue;
        yield { place: [...start, ...at, 'content', type, 'schema'], example };
      }
    }
  }
}

describe('the examples of the document', () => {
  it('exist for every parameter, body and success, and match the schema', () => {
    const faults = [...examplePlaces()].flatMap(({ place, example }) =>
      example === undefined
        ? [`${place.join(' ')}: no example`]
        : schemas.faultsOf(place, example).map((fault) => `${place.join(' ')}: ${fault}`),
    );
    expect(faults).toEqual([]);
    expect([...examplePlaces()].length).toBeGreaterThan(70);
  });

  it('succeed when they are sent with real ids', async () => {
    for (const [name, operation] of operations) {
      expectAsDescribed(
        name,
        await sendExamples({ name, operation }, await prepareWorld(operation)),
      );
    }
  });

  it('of a read succeed also by HEAD, without content', async () => {
    const reads = [...operations].filter(([name]) => name.startsWith('GET '));
    expect(reads.length).toBeGreaterThan(20);
    for (const [name, operation] of reads) {
      const world = await prepareWorld(operation);
      const get = await sendExamples({ name, operation }, world);
      const head = await sendExamples({ name: name.replace('GET', 'HEAD'), operation }, world);
      const of = ({ status, headers }: Answer<unknown>) => [status, headers.get('content-type')];
      expect([name, of(head), head.body]).toEqual([name, of(get), '']);
    }
  });

  it('of optional parameters are accepted, each alone and all together', async () => {
    for (const [name, operation] of operations) {
      const optional = (operation.parameters ?? [])
        .filter(({ in: place }) => place !== 'path')
        .map(({ name: key }) => key);
      let world = await prepareWorld(operation);
      for (const names of optional.length > 1
        ? [...optional.map((key) => [key]), optional]
        : [optional]) {
        if (names.length === 0) continue;
        expectAsDescribed(name, await sendExamples({ name, operation }, world, names));
        // A read changes nothing.
        if (!name.startsWith('GET ')) world = await prepareWorld(operation);
      }
    }
  });
});

describe('the tables of the features, after the examples', () => {
  it('hold the ids and e-mail addresses of users in foreign keys and declared columns', async () => {
    await fillFeatures(admin.caller);
    const faults = await Promise.all(
      INSTALLED_FEATURES.map((feature) =>
        findHiddenUsers(feature, (sql, values) => system.query(sql, values)),
      ),
    );
    expect(faults.flat()).toEqual([]);
  });
});

describe('conditional requests', () => {
  const takes = (operation: Operation | undefined, header: string) =>
    operation?.parameters?.some(({ name }) => name === header) === true;

  it('are accepted by each route that reads or changes a resource', () => {
    const changed = [...operations.keys()].filter(
      (name) => /^(PATCH|PUT|DELETE) /.test(name) && !isOfFeature(name),
    );
    const resources = new Set(changed.map((name) => name.split(' ')[1]!));
    const both = [...resources].filter((path) => isResource(operations.get(`GET ${path}`)));
    expect(both.length).toBeGreaterThan(3);
    const routes = both.flatMap((path) => [
      `GET ${path}`,
      ...changed.filter((name) => name.endsWith(` ${path}`)),
    ]);
    const isAccepted = (name: string) =>
      takes(operations.get(name), name.startsWith('GET ') ? 'If-None-Match' : 'If-Match');
    expect(routes.filter((name) => !isAccepted(name))).toEqual([]);
  });

  it('that read answer 304, also by HEAD, with the described header', async () => {
    const reads = [...operations].filter(([, operation]) => takes(operation, 'If-None-Match'));
    for (const [name, operation] of reads) {
      for (const sent of [name, name.replace('GET', 'HEAD')]) {
        const world = await prepareWorld(operation);
        const headers = { 'if-none-match': '*' };
        const { status, body, ...answer } = await sendExamples(
          { name: sent, operation, headers },
          world,
        );
        expect([sent, status, body]).toEqual([sent, 304, '']);
        expect(answer.headers.get('etag')).toMatch(/^"[\w-]{27}"$/);
      }
      expect(operation.responses).toHaveProperty('304');
    }
  });

  it('that change answer 412 for another tag, and so do changes of what has no tag', async () => {
    const changes = [...operations].filter(([name]) => !name.startsWith('GET '));
    expect(changes.length).toBeGreaterThan(25);
    for (const [name, operation] of changes) {
      const headers = { 'if-match': '"late"' };
      const world = await prepareWorld(operation);
      const answer = await sendExamples({ name, operation, headers }, world);
      expect([name, answer.status]).toEqual([name, 412]);
      expectProblem(answer, 'precondition_failed');
      expect(operation.responses).toHaveProperty('412');
    }
  });

  it('that change accept any state with *', async () => {
    for (const [name, operation] of operations) {
      if (name.startsWith('GET ')) continue;
      const headers = { 'if-match': '*' };
      const world = await prepareWorld(operation);
      expectAsDescribed(name, await sendExamples({ name, operation, headers }, world));
    }
  });

  /** A feature decides it for its routes. */
  function isOfFeature(name: string): boolean {
    return INSTALLED_FEATURES.some(({ routes = {} }) => name in routes);
  }

  /** Not a list. */
  function isResource(read: Operation | undefined): boolean {
    const { $ref = '' } = (read?.responses[200]?.content?.['application/json']?.schema ?? {}) as {
      $ref?: string;
    };
    return read !== undefined && !/(List|Page)$/.test($ref);
  }
});

describe('the problems of the document', () => {
  it('have the status of their code, and only codes of the contract', () => {
    const seen = new Set<string>();
    for (const [name, { responses }] of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        const codes = Object.keys(content?.['application/problem+json']?.examples ?? {});
        codes.forEach((code) => seen.add(code));
        const known = codes.map((code) => isProblemCode(code) && PROBLEM_CODES[code].status);
        expect({ name, codes, known }).toEqual({
          name,
          codes,
          known: codes.map(() => Number(status)),
        });
      }
    }
    expect(seen.size).toBeGreaterThan(15);
  });

  it('have a page each, as JSON and as HTML, and a list of all', async () => {
    const anyone = system.asAnonymous();
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const { body: list } = await anyone.get<{ items: Json[] }>('/problems');
    expect(list.items.map(({ code }) => code)).toEqual(Object.keys(PROBLEM_CODES));
    for (const entry of list.items) {
      const path = `/problems/${String(entry.code)}`;
      expect((await anyone.get(path)).body).toEqual(entry);
      const page = await anyone.get<string>(path, { accept });
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('vary')).toMatch(/Accept/);
      expect(page.body).toContain(`<code>${String(entry.code)}</code>`);
    }
    const page = await anyone.get<string>('/problems', { accept });
    expect(page.body.match(/<dt /g)).toHaveLength(list.items.length);
  });

  it('link from a response to their page', async () => {
    const { body } = await system.asAnonymous().post('/api/v1/auth/sign-in', { email: PASSWORD });
    const { status, body: page } = await system
      .asAnonymous()
      .get(new URL(String(body.type)).pathname);
    expect({ status, code: page.code }).toEqual({ status: 200, code: body.code });
  });
});
