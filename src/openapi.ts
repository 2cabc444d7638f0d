import type { INestApplication, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { IS_PUBLIC } from './auth/public.decorator';
import { REQUIRED_ROLES } from './auth/roles.decorator';
import { ENDPOINT, type EndpointDescription } from './common/endpoint.decorator';
import { toOpenApiSchema } from './common/openapi-schema';
import { PROBLEM_CODES, type ProblemCode } from './common/problem-codes';
import { problemSchema } from './common/schemas';
import type { ApiSettings } from './config/api-settings';
import type { Role } from '../auth-server/contract';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Every operation may answer with these, whatever it does. */
const EVERYWHERE: ProblemCode[] = ['malformed_request', 'internal_error'];

/** Serves Swagger UI at `/docs` and the document at `/openapi.json` and `/openapi.yaml`. */
export function serveDocumentation(app: INestApplication, settings: ApiSettings): void {
  SwaggerModule.setup('docs', app, createOpenApiDocument(app, settings), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Gatehouse API',
    swaggerOptions: { persistAuthorization: true, displayOperationId: true },
  });
}

/** The OpenAPI 3.1 document, with security and errors taken from the guards' own metadata. */
export function createOpenApiDocument(app: INestApplication, settings: ApiSettings): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Gatehouse API')
    .setVersion('1')
    .setDescription(
      'Users, sessions and administration. Sign in with `POST /api/v1/auth/sign-in`, then send ' +
        'the access token as `Authorization: Bearer <token>`. Every error is ' +
        '`application/problem+json` (RFC 9457) with a stable `code`.',
    )
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(settings.apiUrl)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'accessToken')
    .addTag('Auth', 'Signing up, in and out; tokens; the current session')
    .addTag('Users', 'Your own profile; other users for administrators')
    .addTag('Admin', 'For administrators')
    .addTag('Health', 'For orchestrators')
    .addTag('Entrance', 'Where to go')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: toOpenApiSchema,
  });
  addComponents(document);
  const accessByOperation = readAccess(app);
  for (const operation of operationsOf(document)) {
    const access = accessByOperation.get(operation.operationId ?? '');
    // Fails the start rather than describe a route as something that it is not.
    if (!access) throw new Error(`a route has no @Endpoint(): ${operation.operationId}`);
    describeAccess(operation, access);
    addProblemResponses(operation, { codes: problemsOf(operation, access), ...settings });
  }
  return document;
}

function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((path) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => path[method] ?? []),
  );
}

interface Access {
  isPublic: boolean;
  roles: Role[] | undefined;
  problems: ProblemCode[];
}

/** What the guards will enforce, read from the same metadata by the same rule: handler, then class. */
function readAccess(app: INestApplication): Map<string, Access> {
  const reflector = new Reflector();
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => metatype as Type),
  );
  const entries = controllers
    .flatMap((controller) => {
      const prototype = controller.prototype as Record<string, () => unknown>;
      return scanner
        .getAllMethodNames(prototype)
        .map((name) => [prototype[name]!, controller] as const);
    })
    .flatMap(([handler, controller]) => {
      const endpoint = reflector.get<EndpointDescription | undefined>(ENDPOINT, handler);
      if (!endpoint) return [];
      const targets = [handler, controller];
      const access: Access = {
        isPublic: reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets) === true,
        roles: reflector.getAllAndOverride<Role[] | undefined>(REQUIRED_ROLES, targets),
        problems: endpoint.problems ?? [],
      };
      return [[endpoint.operationId, access] as const];
    });
  return new Map(entries);
}

/** One decorator sets what the guard enforces; the document reads the same, so it cannot lie. */
function describeAccess(operation: Operation, { isPublic, roles }: Access): void {
  operation.security = isPublic ? [] : [{ accessToken: [] }];
  if (roles) Object.assign(operation, { 'x-roles': roles });
  const who = isPublic
    ? 'Open to everyone.'
    : roles
      ? `Role: ${roles.join(' or ')}.`
      : 'For every signed-in user.';
  operation.description = [operation.description, who].filter(Boolean).join(' ');
}

/** What an operation may refuse with: what it says itself, what its guards and its input do. */
function problemsOf(operation: Operation, { isPublic, roles, problems }: Access): Set<ProblemCode> {
  const codes = new Set<ProblemCode>([...EVERYWHERE, ...problems]);
  const add = (...more: ProblemCode[]) => more.forEach((code) => codes.add(code));
  const { parameters = [], requestBody } = operation;
  if (!isPublic) add(...CLOSED_ROUTE_PROBLEMS);
  if (roles) add('forbidden');
  if (requestBody) add('body_too_large', 'unsupported_media_type');
  if (requestBody || parameters.length > 0) add('validation_failed');
  if (parameters.some((parameter) => 'in' in parameter && parameter.in === 'path')) {
    add('uri_too_long');
  }
  return codes;
}

const CLOSED_ROUTE_PROBLEMS: ProblemCode[] = [
  'missing_token',
  'invalid_token',
  'keys_unavailable',
  'database_unavailable',
];

function addProblemResponses(
  operation: Operation,
  { codes, apiUrl }: { codes: Set<ProblemCode>; apiUrl: string },
): void {
  const byStatus = Map.groupBy(codes, (code) => PROBLEM_CODES[code].status);
  for (const [status, group] of [...byStatus].sort(([a], [b]) => a - b)) {
    operation.responses[status] ??= {
      description: group.map((code) => `\`${code}\`: ${PROBLEM_CODES[code].meaning}`).join('\n\n'),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(group.map((code) => [code, toExample(code, apiUrl)])),
        },
      },
      ...(status === 401 && {
        headers: { 'WWW-Authenticate': { $ref: '#/components/headers/WwwAuthenticate' } },
      }),
      ...((status === 429 || status === 503) && {
        headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
      }),
    };
  }
}

function toExample(code: ProblemCode, apiUrl: string) {
  const { status, title, meaning } = PROBLEM_CODES[code];
  return {
    summary: title,
    value: {
      type: `${apiUrl}/problems/${code}`,
      title,
      status,
      detail: meaning,
      instance: '/api/v1/users/me',
      code,
      requestId: '3f0c1f7e-5d0c-4f3a-9a55-0d6a3a1c7b1e',
      ...(code === 'validation_failed' && { errors: [{ pointer: '/email', detail: 'Required' }] }),
    },
  };
}

function addComponents(document: OpenAPIObject): void {
  const { schema: _reference, components } = toOpenApiSchema(problemSchema, {
    schemaType: 'output',
  })!;
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, ...components };
  document.components.headers = {
    WwwAuthenticate: { description: 'RFC 6750, section 3', schema: { type: 'string' } },
    RetryAfter: { description: 'Seconds to wait', schema: { type: 'integer' } },
  };
}
