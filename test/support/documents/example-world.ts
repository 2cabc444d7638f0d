import { EXAMPLE_KEYS } from '../../../src/admin/clients/client-keys.schemas';
import { decodeJwt } from 'jose';
import { randomUUID } from 'node:crypto';
import { TOTP, URI } from 'otpauth';
import { type ExampleCall, INSTALLED_FEATURES, isRole } from '../../../contract';
import { type Answer, Caller } from '../caller';
import { addEventStream } from './event-stream';
import { isFile, type Operation } from './openapi';
import { PASSWORD, type SignedInUser, type System } from '../system';

type Json = Record<string, unknown>;

/** The caller of an operation's example, and its subject. */
export interface World {
  system: System;
  caller: Caller;
  target: SignedInUser;
  /** Exists after a challenge was made. */
  recoveryCode?: string;
}

interface Place {
  path: string;
  /** The path with its parameters. */
  url: string;
  query: URLSearchParams;
}

const REDIRECT_URI = 'https://app.example.com/callback';

/** Values that only a running system has, by their name in the document. */
const REAL_VALUES: Record<string, (world: World, place: Place) => unknown> = {
  id: ({ target }, { path }) => (path.endsWith('/sessions/{id}') ? sessionIdOf(target) : target.id),
  sessionId: ({ target }) => sessionIdOf(target),
  refreshToken: ({ target }) => target.refreshToken,
  clientId: async ({ caller }, { path }) => {
    const hasKeys = path === '/api/v1/admin/clients/{clientId}/keys';
    const body = {
      name: 'Back office',
      type: 'confidential',
      redirectUris: [REDIRECT_URI],
      ...(hasKeys && { jwks: EXAMPLE_KEYS }),
    };
    return (await caller.post('/api/v1/admin/clients', body)).body.clientId;
  },
  resourceId: async ({ caller }) => {
    const body = { identifier: newIdentifier(), name: 'Orders', scopes: [newScope()] };
    return (await caller.post('/api/v1/admin/resources', body)).body.id;
  },
  identifier: newIdentifier,
  // Of a resource: each scope belongs to one.
  scopes: (_world, { path }) => (path.includes('/resources') ? [newScope()] : undefined),
  clients: async (world, place) => [await REAL_VALUES.clientId!(world, place)],
  streamId: ({ system }) => addEventStream(system),
  challenge: enrolAndChallenge,
  code: ({ recoveryCode }) => recoveryCode,
  'Idempotency-Key': () => randomUUID(),
  'If-Match': async ({ caller }, place) =>
    (await caller.get(resourceUrlOf(place))).headers.get('etag'),
  cursor: async ({ caller }, { url, query }) => {
    const firstPage = new URLSearchParams([...query, ['limit', '1']]);
    return (await caller.get(`${url}?${firstPage.toString()}`)).body.nextCursor;
  },
};

/** `/users/{id}` of `/users/{id}/role`: the ETag is that of the resource. */
function resourceUrlOf({ path, url }: Place): string {
  const last = path.split('/').findLastIndex((part) => part.startsWith('{'));
  return last < 0
    ? url
    : url
        .split('/')
        .slice(0, last + 1)
        .join('/');
}

function newIdentifier(): string {
  return `urn:uuid:${randomUUID()}`;
}

function newScope(): object {
  return { name: `orders:${randomUUID()}`, description: 'see your orders' };
}

/** Values of the features. */
for (const { examples } of INSTALLED_FEATURES) {
  for (const [name, make] of Object.entries(examples?.parameters ?? {})) {
    REAL_VALUES[name] = ({ caller }) => make(exampleCall(caller));
  }
}

/** The problem code that the example of an operation gets by the declaration of its feature. */
export function refusalOf({ operationId }: Operation): string | undefined {
  return INSTALLED_FEATURES.map(({ examples }) => examples?.refused?.[operationId]).find(Boolean);
}

/** A caller whom the roles of the operation admit; an administrator where they do. */
export async function callerFor(
  { 'x-roles': roles = [] }: Operation,
  { system, admin }: { system: System; admin: SignedInUser },
): Promise<Caller> {
  if (roles.includes('admin')) return admin.caller;
  return (await system.asUser({ role: roles.find(isRole) })).caller;
}

/** Creates two entries in each list of the features. @returns the parameters of the paths. */
export async function fillFeatures(caller: Caller): Promise<Json> {
  const call = exampleCall(caller);
  const values: Json = {};
  for (const { examples: { parameters = {}, fill } = {} } of INSTALLED_FEATURES) {
    for (const [name, make] of Object.entries(parameters)) values[name] = await make(call);
    for (let count = 0; count < 2; count += 1) await fill?.(call, values);
  }
  return values;
}

/** Calls the API for the examples of a feature. */
function exampleCall(caller: Caller): ExampleCall {
  return async (method, path, body) => (await caller.call(method, path, { body })).body;
}

function sessionIdOf({ accessToken }: SignedInUser): string {
  return String(decodeJwt(accessToken).sid);
}

/** Gives the user a second factor and begins a sign-in that requires it. */
async function enrolAndChallenge(world: World): Promise<unknown> {
  const { system, target } = world;
  const session = new Caller(system.apiUrl, target.refreshToken);
  const { body } = await session.post('/api/auth/two-factor/enable', { password: PASSWORD });
  const code = (URI.parse(String(body.totpURI)) as TOTP).generate();
  await session.post('/api/auth/two-factor/verify-totp', { code });
  world.recoveryCode = (body.backupCodes as string[])[0];
  const signIn = { email: target.email, password: PASSWORD };
  return (await system.asAnonymous().post('/api/v1/auth/sign-in', signIn)).body.challenge;
}

/** The example, or its replacement in this system; `undefined` when there is none. */
async function realValue(name: string, example: unknown, how: { world: World; place: Place }) {
  const make = REAL_VALUES[name];
  return (await make?.(how.world, how.place)) ?? (name === 'cursor' ? undefined : example);
}

interface Sent {
  name: string;
  operation: Operation;
  body?: object;
  headers?: Record<string, string>;
}

/** Sends an operation's examples, with the named optional parameters or with the given body. */
export async function sendExamples(
  { name, operation, body: ownBody, headers: ownHeaders }: Sent,
  world: World,
  optional: string[] = [],
): Promise<Answer<unknown>> {
  const [method, path] = name.split(' ') as [string, string];
  const place: Place = { path, url: path, query: new URLSearchParams() };
  const headers = { ...ownHeaders };
  for (const parameter of cursorLast(operation)) {
    const isSent = parameter.required || optional.includes(parameter.name);
    if (!isSent) continue;
    const real = await realValue(parameter.name, parameter.example, { world, place });
    if (real === undefined) continue;
    const value = typeof real === 'string' ? real : JSON.stringify(real);
    if (parameter.in === 'path') place.url = place.url.replace(`{${parameter.name}}`, value);
    if (parameter.in === 'query') place.query.set(parameter.name, value);
    if (parameter.in === 'header') headers[parameter.name] = value;
  }
  const file = exampleFileOf(operation);
  if (file) headers['content-type'] = file.type;
  const body = ownBody ?? file?.body ?? (await realBody(operation, { world, place }));
  const query = place.query.size > 0 ? `?${place.query.toString()}` : '';
  return world.caller.call<unknown>(method, place.url + query, { body, headers });
}

/** A cursor belongs to the query that it is sent with. */
function cursorLast({ parameters = [] }: Operation) {
  return parameters.toSorted((a, b) => Number(a.name === 'cursor') - Number(b.name === 'cursor'));
}

async function realBody(
  operation: Operation,
  how: { world: World; place: Place },
): Promise<Json | undefined> {
  const example = exampleBodyOf(operation);
  if (!example) return undefined;
  const body: Json = {};
  for (const [name, value] of Object.entries(example)) {
    body[name] = await realValue(name, value, how);
  }
  return body;
}

/** A file that a route with `@Upload()` accepts. */
export function exampleFileOf({ requestBody }: Operation): { type: string; body: string } | null {
  const [[type, media] = []] = Object.entries(requestBody?.content ?? {});
  return type !== undefined && isFile(media!.schema) ? { type, body: 'example' } : null;
}

export function exampleBodyOf({ requestBody }: Operation): Json | undefined {
  return requestBody?.content['application/json']?.example as Json | undefined;
}
