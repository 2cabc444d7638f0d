import { randomUUID } from 'node:crypto';
import { INSTALLED_FEATURES } from '../../contract';
import { type Answer, Caller } from '../support/caller';
import { callerFor, refusalOf, sendExamples } from '../support/documents/example-world';
import {
  faultsOf,
  findAll,
  type OpenApiDocument,
  type Operation,
  operationsOf,
  resolveReference,
} from '../support/documents/openapi';
import { expectProblem } from '../support/problems';
import { PROBLEM_CODES, type ProblemCode } from '../../src/common/problems/problem-codes';
import { InProcessSystem } from '../support/in-process-system';
import { describeApi } from '../support/native/api';
import { loadNatively } from '../support/native/load';
import { PASSWORD, type SignedInUser } from '../support/system';

type Routes = typeof import('../support/documents/routes');

const { handlersOf, routesOf } = loadNatively('test/support/documents/routes') as Routes;

/** The contract's table of callers for each route of Gatehouse. */
const OWN_ROUTES = {
  open: [
    'GET /',
    'GET /health/live',
    'GET /health/ready',
    'GET /metrics',
    'GET /problems',
    'GET /problems/{code}',
    'POST /api/v1/auth/sign-up',
    'POST /api/v1/auth/sign-in',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/two-factor',
  ],
  user: [
    'POST /api/v1/auth/sign-out',
    'GET /api/v1/auth/session',
    'GET /api/v1/users/me',
    'PATCH /api/v1/users/me',
    'DELETE /api/v1/users/me',
    'GET /api/v1/users/me/sessions',
    'DELETE /api/v1/users/me/sessions',
    'DELETE /api/v1/users/me/sessions/{id}',
    'GET /api/v1/users/me/accounts',
    'GET /api/v1/users/me/export',
    'GET /api/v1/users/{id}',
  ],
  admin: [
    'GET /api/v1/admin/users',
    'POST /api/v1/admin/users',
    'GET /api/v1/admin/users/{id}',
    'PATCH /api/v1/admin/users/{id}',
    'DELETE /api/v1/admin/users/{id}',
    'PUT /api/v1/admin/users/{id}/role',
    'PUT /api/v1/admin/users/{id}/ban',
    'DELETE /api/v1/admin/users/{id}/ban',
    'GET /api/v1/admin/users/{id}/sessions',
    'DELETE /api/v1/admin/users/{id}/sessions',
    'DELETE /api/v1/admin/users/{id}/sessions/{sessionId}',
    'DELETE /api/v1/admin/users/{id}/two-factor',
    'DELETE /api/v1/admin/users/{id}/sign-in-methods',
    'POST /api/v1/admin/users/{id}/password-reset',
    'POST /api/v1/admin/users/{id}/impersonate',
    'GET /api/v1/admin/audit-events',
    'GET /api/v1/admin/clients',
    'POST /api/v1/admin/clients',
    'GET /api/v1/admin/clients/{clientId}',
    'PATCH /api/v1/admin/clients/{clientId}',
    'DELETE /api/v1/admin/clients/{clientId}',
    'POST /api/v1/admin/clients/{clientId}/secret',
    'PUT /api/v1/admin/clients/{clientId}/keys',
    'GET /api/v1/admin/resources',
    'POST /api/v1/admin/resources',
    'GET /api/v1/admin/resources/{resourceId}',
    'PATCH /api/v1/admin/resources/{resourceId}',
    'DELETE /api/v1/admin/resources/{resourceId}',
    'GET /api/v1/admin/stats',
    'GET /api/v1/access-events',
    'GET /api/v1/admin/streams',
    'GET /api/v1/admin/streams/{streamId}/deliveries',
    'POST /api/v1/admin/streams/{streamId}/replay',
  ],
};

type Who = keyof typeof OWN_ROUTES;

/** The table with the routes of the features, which their declarations contain. */
const CONTRACT = Object.fromEntries(
  (Object.keys(OWN_ROUTES) as Who[]).map((who) => [
    who,
    [...OWN_ROUTES[who], ...routesOfFeatures(who)],
  ]),
) as Record<Who, string[]>;

function routesOfFeatures(who: Who): string[] {
  const routes = INSTALLED_FEATURES.flatMap(({ routes: own = {} }) => Object.entries(own));
  return routes.filter(([, callers]) => toWho(callers) === who).map(([name]) => name);
}

/** A route that needs a role, also one of a feature, belongs to those for administrators. */
function toWho(callers: string): Who {
  return callers === 'open' || callers === 'user' ? callers : 'admin';
}

/** As a declaration names them. */
function callersOf(operation: Operation | undefined): string {
  if (!operation) return 'no controller has this route';
  const { security, 'x-roles': roles = ['user'] } = operation;
  return security.length === 0 ? 'open' : roles.join();
}

type Examples = Record<string, { value: unknown }>;

/** Routes of the router that are not operations: redirect, documentation, pass-through, preflights. */
const NOT_OPERATIONS =
  /^\w+ (\/api\/v1|\/docs(\/.*)?|\/openapi\.(json|yaml)|\/openapi-(auth|all)\.json|\/api\/auth\/(\*|oauth2\/introspect)|\/\.well-known\/.*|\*)$/;

/** Operations whose documented example works only once, or for one user. */
const BODIES: Record<string, (target: SignedInUser) => object> = {
  'POST /api/v1/auth/sign-up': () => ({ email: newEmail(), password: PASSWORD, name: 'New' }),
  'POST /api/v1/auth/sign-in': ({ email }) => ({ email, password: PASSWORD }),
  'POST /api/v1/admin/users': () => ({ email: newEmail(), name: 'New' }),
  'PATCH /api/v1/admin/users/{id}': () => ({ name: 'Another' }),
};

function newEmail(): string {
  return `${randomUUID()}@example.com`;
}

let system: InProcessSystem;
let admin: SignedInUser;
let document: OpenApiDocument;
let operations: Map<string, Operation>;

beforeAll(async () => {
  system = await InProcessSystem.start();
  admin = await system.asAdmin();
  document = (await system.asAnonymous().get<OpenApiDocument>('/openapi.json')).body;
  operations = operationsOf(document);
});

afterAll(() => system.stop());

/** Calls a route with its documented example. */
async function call(name: string, caller: Caller, target: SignedInUser): Promise<Answer<unknown>> {
  const operation = operations.get(name)!;
  const body = BODIES[name]?.(target);
  const answer = await sendExamples({ name, operation, body }, { system, caller, target });
  expectDocumented(name, answer);
  return answer;
}

/** The first success in the document, or the declared refusal. */
function outcomeOf(name: string): number {
  const operation = operations.get(name)!;
  const refusal = refusalOf(operation);
  if (refusal !== undefined) return PROBLEM_CODES[refusal as ProblemCode].status;
  return Number(Object.keys(operation.responses).find((status) => status.startsWith('2')));
}

/** Status, media type and shape of a response match the document. */
function expectDocumented(name: string, { status, headers, body }: Answer<unknown>): void {
  const response = operations.get(name)!.responses[status];
  const type = headers.get('content-type')?.split(';', 1)[0];
  expect({ name, status, listed: response !== undefined }).toEqual({ name, status, listed: true });
  const types = Object.keys(response!.content ?? {});
  // Some responses are pages for browsers too.
  expect({ name, types: types.filter((listed) => listed !== 'text/html') }).toEqual({
    name,
    types: type === undefined ? [] : [type],
  });
  if (type === undefined) return;
  const value = /json/.test(type) ? body : String(body);
  const faults = faultsOf(document, response!.content![type]!.schema, value);
  expect({ name, status, faults }).toEqual({ name, status, faults: [] });
}

/** Existing routes for these callers. */
function routesFor(who: Who): string[] {
  return CONTRACT[who].filter((name) => operations.has(name));
}

/** RFC 9728, section 5.1. */
function metadata(): string {
  return `resource_metadata="${system.apiUrl}/.well-known/oauth-protected-resource"`;
}

describe('every route', () => {
  it('of the router is an operation of the document, and vice versa', () => {
    const routes = routesOf(system.apps[0]!)
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, path }) => `${method} ${path}`)
      .filter((name) => !NOT_OPERATIONS.test(name));
    expect(routes.sort()).toEqual([...operations.keys()].sort());
    expect(routes).toHaveLength(handlersOf(system.apps[0]!).length);
  });

  it('is in the contract, and open to the callers that the contract names', () => {
    const found: Record<Who, string[]> = { open: [], user: [], admin: [] };
    for (const [name, operation] of operations) found[toWho(callersOf(operation))].push(name);
    for (const who of ['open', 'user', 'admin'] as const) {
      expect(found[who].sort()).toEqual(routesFor(who).sort());
    }
  });

  it('of a feature has the roles that the feature declares', () => {
    for (const { routes = {} } of INSTALLED_FEATURES) {
      for (const [name, callers] of Object.entries(routes)) {
        expect({ name, callers: callersOf(operations.get(name)) }).toEqual({ name, callers });
      }
    }
  });

  it('that needs a token refuses callers without one, with a challenge', async () => {
    const someone = await system.asUser();
    for (const name of [...routesFor('user'), ...routesFor('admin')]) {
      const answer = await call(name, system.asAnonymous(), someone);
      expectProblem(answer, 'missing_token');
      expect(answer.headers.get('www-authenticate')).toBe(`Bearer ${metadata()}`);
    }
  });

  it('that needs a token refuses an invalid one, with the error in the challenge', async () => {
    const someone = await system.asUser();
    const stranger = new Caller(system.apiUrl, 'not.a.token');
    for (const name of [...routesFor('user'), ...routesFor('admin')]) {
      const answer = await call(name, stranger, someone);
      expectProblem(answer, 'invalid_token');
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer error="invalid_token", ${metadata()}`,
      );
    }
  });

  it('that is open accepts callers without a token, and ignores an invalid one', async () => {
    const stranger = new Caller(system.apiUrl, 'not.a.token');
    for (const name of routesFor('open')) {
      const { status } = await call(name, system.asAnonymous(), await system.asUser());
      expect({ name, status }).toEqual({ name, status: outcomeOf(name) });
      expect((await call(name, stranger, await system.asUser())).status).toBe(status);
    }
  });

  it('for administrators refuses other users before it validates the request', async () => {
    const someone = await system.asUser();
    const target = await system.asUser();
    for (const name of routesFor('admin')) {
      expectProblem(await call(name, someone.caller, target), 'forbidden');
      const [method, path] = name.split(' ') as [string, string];
      const nonsense = await someone.caller.call(
        method,
        `${path.replace(/\{\w+\}/g, '%20')}?unknown=1`,
      );
      expectProblem(nonsense, 'forbidden');
    }
    const { body } = await admin.caller.get(`/api/v1/users/${target.id}`);
    expect(body).toMatchObject({ role: 'user', banned: false });
  });

  it('returns to allowed callers the status and the shape of the document', async () => {
    for (const who of ['user', 'admin'] as const) {
      for (const name of routesFor(who)) {
        const target = await system.asUser();
        const needsRole = who === 'admin';
        const caller = needsRole
          ? await callerFor(operations.get(name)!, { system, admin })
          : target.caller;
        const { status } = await call(name, caller, target);
        expect({ name, status }).toEqual({ name, status: outcomeOf(name) });
      }
    }
  });
});

describe('every operation of the document', () => {
  it('has a unique id, a summary, a description and an explained tag', () => {
    const ids = [...operations.values()].map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const [name, { operationId, summary, description, tags: own }] of operations) {
      expect({ name, operationId, summary, description, own }).toEqual({
        name,
        operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
        summary: expect.stringMatching(/^[A-Z].*[^.]$/),
        description: expect.stringMatching(/^[A-Z`].*\.$/),
        own: [expect.stringMatching(new RegExp(`^(${tags.join('|')})$`))],
      });
    }
  });

  it('lists a success, and every error as a problem', () => {
    for (const [name, { responses }] of operations) {
      const statuses = Object.keys(responses);
      expect({ name, statuses }).toEqual({
        name,
        statuses: expect.arrayContaining([expect.stringMatching(/^2\d\d$/), '400', '500']),
      });
      const problems = Object.entries(responses).filter(
        ([status]) => Number(status) >= 400 && `${name} ${status}` !== 'GET /health/ready 503',
      );
      for (const [, { content }] of problems) {
        expect(content).toHaveProperty(['application/problem+json', 'schema', '$ref']);
      }
    }
  });

  it('declares the parameters of its path, each as required', () => {
    for (const [name, { parameters = [] }] of operations) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map((parameter) => parameter.name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });
});

describe('the document', () => {
  it('is OpenAPI 3.1 with this API as its server', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.servers).toEqual([{ url: system.apiUrl }]);
  });

  it('has only links within itself', () => {
    const references = findAll(document, '$ref').map(({ value }) => String(value));
    expect(references.length).toBeGreaterThan(50);
    const lost = references.filter((reference) => !resolveReference(document, reference));
    expect(lost).toEqual([]);
  });

  it('has examples that match their schemas', () => {
    const inSchemas = findAll(document.components.schemas, 'example');
    const inAnswers = findAll(document.paths, 'examples');
    expect(inSchemas.length).toBeGreaterThan(10);
    expect(inAnswers.length).toBeGreaterThan(50);
    const faults = [
      ...inSchemas.map(({ value, holder }) => faultsOf(document, holder, value)),
      ...inAnswers.flatMap(({ value, holder }) =>
        Object.values(value as Examples).map((example) =>
          faultsOf(document, holder.schema as Record<string, unknown>, example.value),
        ),
      ),
    ];
    expect(faults.flat()).toEqual([]);
    // The validator rejects a wrong example.
    expect(faultsOf(document, { $ref: '#/components/schemas/User' }, { id: 7 })).not.toEqual([]);
  });

  it('allows additional response fields, and refuses unknown request fields', () => {
    const schemaOf = (name: string) => document.components.schemas[name]!;
    const bodies = [...operations.values()].flatMap(({ requestBody }) =>
      Object.values(requestBody?.content ?? {}).map(({ schema }) => String(schema.$ref)),
    );
    const names = bodies.map((reference) => reference.split('/').at(-1)!);
    expect(names.length).toBeGreaterThan(4);
    for (const name of Object.keys(document.components.schemas)) {
      const { additionalProperties } = schemaOf(name);
      // z.looseObject(): the body of another system, which can have more fields.
      const isOfOthers = names.includes(name) && additionalProperties !== undefined;
      const closed = additionalProperties === false || isOfOthers;
      expect({ name, closed }).toEqual({ name, closed: names.includes(name) });
    }
  });

  it('has the same operations in YAML', async () => {
    const { headers, body } = await system.asAnonymous().get<string>('/openapi.yaml');
    expect(headers.get('content-type')).toMatch(/yaml/);
    const found = (pattern: RegExp) => [...body.matchAll(pattern)].map(([, text]) => text);
    expect(found(/^openapi: (.*)$/gm)).toEqual([document.openapi]);
    expect(found(/^ {2}(\/.*):$/gm)).toEqual(Object.keys(document.paths));
    const operationIds = [...operations.values()].map(({ operationId }) => operationId);
    expect(new Set(found(/^ {6}operationId: (\w+)$/gm))).toEqual(new Set(operationIds));
    expect(found(/^ {4}(\w+):$/gm)).toEqual(
      expect.arrayContaining(Object.keys(document.components.schemas)),
    );
  });

  it('is the same without a running system', async () => {
    const described = await describeApi(system.settings);
    expect(JSON.parse(JSON.stringify(described))).toEqual(document);
  });
});
