import { randomUUID } from 'node:crypto';
import type { ProblemCode } from '../../src/common/problems/problem-codes';
import { type Answer, Caller } from '../support/caller';
import { callerFor, exampleFileOf, fillFeatures } from '../support/documents/example-world';
import { type ExtraReplica, startExtraReplica } from '../support/processes/extra-replica';
import { addEventStream } from '../support/documents/event-stream';
import {
  listsOf,
  type OpenApiDocument,
  type Operation,
  operationsOf,
} from '../support/documents/openapi';
import { expectProblem } from '../support/problems';
import { type SignedInUser, System } from '../support/system';

let system: System;
let admin: SignedInUser;
/** With limits; the auth server has none. */
let replica: ExtraReplica;
let operations: [name: string, operation: Operation][];

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  admin = await system.asAdmin();
  replica = await startExtraReplica({ ...system.settings, rateLimits: { quotas: 1, guesses: 1 } });
  const { body } = await new Caller(replica.url).get<OpenApiDocument>('/openapi.json');
  operations = [...operationsOf(body)];
});

afterAll(async () => {
  await replica.app.close();
  await system.stop();
});

/** A new session of the administrator, because some routes end the caller's session. */
async function newToken(): Promise<string> {
  const authServer = new Caller(system.settings.authUrl, await newSession());
  return (await authServer.get<{ token: string }>('/api/auth/token')).body.token;
}

async function newSession(): Promise<string> {
  const token = randomUUID();
  await system.query(
    `INSERT INTO session (id, user_id, token, expires_at) VALUES ($1, $2, $1, now() + interval '1 hour')`,
    [token, admin.id],
  );
  return token;
}

interface Asked {
  name: string;
  operation: Operation;
  answer: Answer<unknown>;
  requestId: string;
}

/** Every operation, as the caller: with its example body, and unknown ids. */
async function askAll(tokenOf: () => Promise<string | undefined>): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const [name, operation] of operations) {
    const [method, path] = name.split(' ') as [string, string];
    const requestId = randomUUID();
    const answer = await new Caller(replica.url, await tokenOf()).call<unknown>(
      method,
      path.replace('{code}', 'not_found').replace(/\{\w+\}/g, 'nobody'),
      {
        body: exampleFileOf(operation)?.body ?? bodyOf(operation),
        headers: { 'x-request-id': requestId, ...typeOfFile(operation) },
      },
    );
    asked.push({ name, operation, answer, requestId });
  }
  return asked;
}

function typeOfFile(operation: Operation): Record<string, string> {
  const file = exampleFileOf(operation);
  return file ? { 'content-type': file.type } : {};
}

function bodyOf({ requestBody }: Operation): unknown {
  if (!requestBody) return undefined;
  const [content] = Object.values(requestBody.content);
  const { example, examples = {} } = content as { example?: unknown; examples?: object };
  const [first] = Object.values(examples) as { value?: unknown }[];
  return example ?? first?.value ?? {};
}

function mediaTypeOf(contentType: string | null): string | undefined {
  return contentType?.split(';', 1)[0];
}

function isOfTheApi({ name }: Asked): boolean {
  return name.includes(' /api/v1/');
}

const CALLERS: [title: string, tokenOf: () => Promise<string | undefined>][] = [
  ['an administrator', newToken],
  ['nobody', () => Promise.resolve(undefined)],
  ['a token that is none', () => Promise.resolve('not.a.token')],
];

describe.each(CALLERS)('called by %s, every operation', (_title, tokenOf) => {
  let asked: Asked[];

  beforeAll(async () => {
    asked = await askAll(tokenOf);
  });

  it('returns the request id, and is not cacheable', () => {
    for (const { name, answer, requestId } of asked) {
      expect({
        name,
        requestId: answer.headers.get('x-request-id'),
        caching: answer.headers.get('cache-control'),
      }).toEqual({ name, requestId, caching: 'no-store' });
    }
  });

  it('returns JSON or the documented type, refuses with a problem, and has no body without content', () => {
    for (const { name, answer, operation } of asked) {
      const { status, headers, body } = answer;
      expect({ name, isOurFault: status >= 500 }).toEqual({ name, isOurFault: false });
      if (status >= 400) expectProblem(answer, (body as { code: ProblemCode }).code);
      const type = headers.get('content-type');
      if (status === 204 || body === '') expect({ name, type }).toEqual({ name, type: null });
      else if (name.includes(' /api/v1/')) {
        const types = Object.keys(operation.responses[status]?.content ?? {});
        expect({ name, types }).toEqual({
          name,
          types: expect.arrayContaining([mediaTypeOf(type)]),
        });
      }
    }
  });

  it('sends no header that is missing in the document', () => {
    const own = /^(x-request-id|ratelimit.*|retry-after|www-authenticate|etag|link|location)$/;
    for (const { name, answer, operation } of asked) {
      const { headers = {} } = operation.responses[answer.status] as { headers?: object };
      const described = Object.keys(headers).map((header) => header.toLowerCase());
      const sent = [...answer.headers.keys()].filter((header) => own.test(header));
      expect({ name, sent }).toEqual({
        name,
        sent: sent.filter((header) => described.includes(header)),
      });
    }
  });

  it('of the API has RateLimit headers, unless the token is invalid', () => {
    for (const { name, answer, operation } of asked.filter(isOfTheApi)) {
      const isOpen = operation.security.length === 0;
      const policy = policyOf(name, isOpen);
      const isCounted = isOpen || !(answer.body as { code?: string }).code?.endsWith('_token');
      expect({
        name,
        policy: answer.headers.get('ratelimit-policy'),
        limit: answer.headers.get('ratelimit'),
      }).toEqual({
        name,
        policy: isCounted ? policy : null,
        limit: isCounted ? expect.stringMatching(/^"(address|caller|export)";r=\d+;t=\d+$/) : null,
      });
    }
  });

  it('outside the API is not limited', () => {
    for (const { name, answer } of asked.filter((one) => !isOfTheApi(one))) {
      expect({ name, limit: answer.headers.get('ratelimit') }).toEqual({ name, limit: null });
    }
  });
});

describe('every paged list', () => {
  it('has items, a cursor, and the same cursor in a Link', async () => {
    await system.asUser();
    const streams = [await addEventStream(system), await addEventStream(system)];
    const lists = operations.filter(([, { parameters = [] }]) =>
      parameters.some(({ name }) => name === 'cursor'),
    );
    expect(lists.length).toBeGreaterThan(0);
    for (const [name, operation] of lists) {
      const caller = await callerOf(operation);
      const values: Record<string, unknown> = {
        ...(await fillFeatures(caller)),
        streamId: streams[0],
      };
      const path = name
        .replace('GET ', '')
        .replaceAll(/\{(\w+)\}/g, (_all, parameter: string) => String(values[parameter]));
      const { status, body, headers } = await caller.get<Page>(`${path}?limit=1`);
      const size = status === 200 ? body.items.length : body;
      expect({ name, path, size }).toEqual({ name, path, size: 1 });
      const next = `<${system.apiUrl}${path}?limit=1&cursor=${body.nextCursor}>; rel="next"`;
      expect({ name, link: headers.get('link') }).toEqual({ name, link: next });
      const rest = await caller.get<Page>(`${path}?limit=200`);
      expect({ name, next: rest.body.nextCursor, link: rest.headers.get('link') }).toEqual({
        name,
        next: null,
        link: null,
      });
    }
  });

  async function callerOf(operation: Operation): Promise<Caller> {
    const signedIn = { ...admin, caller: new Caller(replica.url, await newToken()) };
    if (!operation['x-roles']) return signedIn.caller;
    return (await callerFor(operation, { system, admin: signedIn })).at(replica.url);
  }

  interface Page {
    items: unknown[];
    nextCursor: string | null;
  }
});

describe('the bound of a list', () => {
  beforeAll(() => fillLists(admin.id));

  it.each([
    ['openapi.json', 'limit=200'],
    ['openapi-auth.json', 'limit=100000'],
  ])('in %s holds with more rows than that', async (file, limit) => {
    const { body: document } = await new Caller(replica.url).get<OpenApiDocument>(`/${file}`);
    const caller = new Caller(replica.url, await newToken());
    const direct = new Caller(replica.url, await newSession());
    const stream = await addEventStream(system);
    let full = 0;
    for (const [name, operation] of operationsOf(document)) {
      const [method, path] = name.split(' ') as [string, string];
      const lists = listsOf(document, operation).filter(({ schema }) => schema.maxItems);
      if (method !== 'GET' || lists.length === 0) continue;
      const url = path.replace('{id}', admin.id).replace('{streamId}', stream);
      const { status, body } = await (path.startsWith('/api/auth/') ? direct : caller).get<Json>(
        takesLimit(operation) ? `${url}?${limit}` : url,
      );
      expect({ name, status }).toEqual({ name, status: 200 });
      for (const { property, schema } of lists) {
        const { length } = (property ? body[property] : body) as unknown[];
        expect({ name, property, length }).toEqual({ name, property, length: expect.any(Number) });
        expect(length).toBeLessThanOrEqual(schema.maxItems as number);
        if (length === schema.maxItems) full += 1;
      }
    }
    expect(full).toBeGreaterThan(2);
  });

  type Json = Record<string, unknown>;
});

function takesLimit({ parameters = [] }: Operation): boolean {
  return parameters.some(({ name }) => name === 'limit');
}

/** More rows of each list than its bound. */
async function fillLists(userId: string): Promise<void> {
  const insert = (sql: string) => system.query(sql.replaceAll('$user', `'${userId}'`));
  await insert(`INSERT INTO "user" (id, name, email)
    SELECT 'b' || i, 'B', i || '@bound.example.com' FROM generate_series(1, 210) i`);
  await insert(`INSERT INTO session (id, user_id, token, expires_at)
    SELECT 'b' || i, $user, 'b' || i, now() + interval '1 day' FROM generate_series(1, 110) i`);
  await insert(`INSERT INTO account (id, user_id, account_id, provider_id)
    SELECT 'b' || i, $user, 'b' || i, 'google' FROM generate_series(1, 49) i`);
  await insert(`INSERT INTO passkey (id, user_id, public_key, credential_id, counter, device_type, backed_up)
    SELECT 'b' || i, $user, 'k', 'b' || i, 0, 'singleDevice', false FROM generate_series(1, 50) i`);
  await insert(`INSERT INTO oauth_client (id, client_id, user_id, redirect_uris)
    SELECT 'b' || i, 'b' || i, $user, '[]' FROM generate_series(1, 210) i`);
  await insert(`INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at)
    SELECT 'b' || i, 'b' || i, $user, '[]', now(), now() FROM generate_series(1, 210) i`);
}

/** The limit of an operation: exports have one of their own. */
function policyOf(name: string, isOpen: boolean): string {
  if (name.endsWith('/users/me/export')) return '"export";q=10;w=3600';
  return isOpen ? '"address";q=3000;w=60' : '"caller";q=600;w=60';
}
