import type { EndpointTraits } from '../../auth-server/describe';
import { correctAnswer } from './answers';
import { withCheckedValues } from './checked-values';
import { isJson, type Json } from './json';
import { toDescription, toOperationId, toSummary } from './names';
import { withListBounds } from './list-bounds';
import { correctSchemas } from './schemas';
import { withoutUnusedFields } from './unused-fields';

/** Better-Auth's tag of its core, and those of its plugins. */
const TAGS: Record<string, string> = {
  Default: 'Auth server',
  Jwt: 'Auth server: tokens',
  Admin: 'Auth server: administration',
  'Two-factor': 'Auth server: second factor',
  Passkey: 'Auth server: passkeys',
  'Oauth-provider': 'Auth server: OAuth',
};

/** Statuses that every route can return, with the reason. */
const REFUSALS: Record<number, string> = {
  400: 'The request cannot be read, or a value in it is not acceptable',
  401: 'No session, or credentials that are wrong',
  403: 'The session may not do this, or the origin is not trusted',
  404: 'There is nothing at this address, or nothing under this id',
  409: 'The change contradicts another one, or a bound is reached',
  413: 'The body is larger than 100 kB',
  415: 'The body has a media type that the route does not take',
  422: 'The values contradict what is there',
  429: 'A limit was reached: wait for the seconds in Retry-After',
  500: 'Something failed on the server',
  503: 'The database cannot be reached: repeat the request after Retry-After seconds',
};

/** Redirects, which the library's document omits or describes wrongly. */
const REDIRECTS =
  /^\/(callback\/|reset-password\/|verify-email|error$|oauth2\/(authorize|end-session)$|oauth2\/callback\/)/;

interface Place {
  path: string;
  method: string;
  /** Methods of the path. */
  methods: string[];
  traits: EndpointTraits | undefined;
}

/** One corrected operation. */
export function correctOperation(described: Json, place: Place): Json {
  const { path, method, methods, traits } = place;
  const operation = withCheckedValues(withoutUnusedFields(described, path), place);
  const given = typeof operation.description === 'string' ? operation.description : '';
  const summary = toSummary(path, given);
  return {
    operationId: toOperationId(path, method, methods),
    summary,
    description: toDescription(given || summary),
    tags: [toTag(operation)],
    security: [
      { sessionToken: [] },
      { sessionCookie: [] },
      ...(traits?.needsSession === true ? [] : [{}]),
    ],
    ...withParameters(operation),
    ...withBody(operation, traits?.mediaTypes ?? ['application/json']),
    responses: withListBounds(toResponses(operation, path), path),
  };
}

function toTag({ tags }: Json): string {
  const name = (tags as string[] | undefined)?.at(-1) ?? 'Default';
  return TAGS[name] ?? `Auth server: ${name.toLowerCase()}`;
}

function withParameters({ parameters }: Json): Json {
  if (!Array.isArray(parameters) || parameters.length === 0) return {};
  // Security schemes describe the headers of credentials.
  const own = (correctSchemas(parameters) as Json[]).filter(({ name }) => name !== 'Authorization');
  return own.length === 0 ? {} : { parameters: own };
}

function withBody({ requestBody }: Json, mediaTypes: string[]): Json {
  if (!isJson(requestBody) || !isJson(requestBody.content)) return {};
  const media = correctSchemas(Object.values(requestBody.content)[0]) as Json;
  // Generated clients take the first one: JSON, which has every field.
  const types = mediaTypes.toSorted((a, b) => Number(b === JSON_TYPE) - Number(a === JSON_TYPE));
  const content = Object.fromEntries(
    types.map((type) => [type, type === FORM_TYPE ? asForm(media) : media]),
  );
  return { requestBody: { ...requestBody, content } };
}

const JSON_TYPE = 'application/json';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Values of a form are texts: a field of another type is refused. */
function asForm(media: Json): Json {
  const schema = media.schema as Json & { properties?: Record<string, Json> };
  const fields = Object.entries(schema.properties ?? {});
  const texts = fields.filter(([, { type }]) => type !== 'boolean');
  return { ...media, schema: { ...schema, properties: Object.fromEntries(texts) } };
}

function toResponses({ responses }: Json, path: string): Json {
  const given = Object.entries((responses ?? {}) as Json).filter(([status]) => status < '4');
  const refusals = Object.entries(REFUSALS).map(([status, description]) => [
    status,
    { description, content: errorContent(path, status) },
  ]);
  return Object.fromEntries([
    // Some descriptions omit the response; authorization also returns JSON.
    ...(given.some(([status]) => status < '3') ? [] : [['200', correctAnswer(DONE, path)]]),
    ...given.map(([status, answer]) => [status, toAnswer(status, answer, path)]),
    ...(REDIRECTS.test(path) ? [['302', MOVED_ON]] : []),
    ...refusals,
  ]) as Json;
}

function toAnswer(status: string, given: unknown, path: string): Json {
  const answer = correctSchemas(given) as Json;
  return status === '200' ? correctAnswer(answer, path) : answer;
}

const DONE = { description: 'Done', content: { 'application/json': { schema: {} } } };

const MOVED_ON = {
  description: 'The browser is sent on',
  headers: { Location: { description: 'Where to', schema: { type: 'string' } } },
};

/** Statuses with which the API answers when it does not pass the request through. */
const OF_THE_API = ['400', '503'];

/** OAuth has its own error format (RFC 6749, section 5.2). */
function errorContent(path: string, status: string): Json {
  const name = path.startsWith('/oauth2/') ? 'AuthOAuthError' : 'AuthError';
  return {
    'application/json': referTo(name),
    ...(OF_THE_API.includes(status) && { 'application/problem+json': referTo('AuthApiError') }),
  };
}

function referTo(name: string): Json {
  return { schema: { $ref: `#/components/schemas/${name}` } };
}
