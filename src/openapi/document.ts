import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { describeAccess, readAccess } from './access';
import { describeConditions } from './conditions';
import { describeDeprecation } from './deprecation';
import { addExamples } from './examples';
import { type Operation, operationsOf } from './operation';
import { addProblemResponses, problemsOf } from './problem-responses';
import { addResponseHeaders, RESPONSE_HEADERS } from './response-headers';
import { TAGS } from './tags';
import { toOpenApiSchema } from '../common/openapi/openapi-schema';
import { problemSchema } from '../common/validation/schemas';
import type { ApiSettings } from '../config/api-settings';
import { toServiceAccountScheme, toOAuthScheme } from '../documentation/docs-config';

/** The OpenAPI 3.1 document. Security and errors come from the metadata of the guards. */
export function createOpenApiDocument(app: INestApplication, settings: ApiSettings): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, describeDocument(settings), {
    standardSchemaConverter: toOpenApiSchema,
  });
  addComponents(document);
  const accessByOperation = readAccess(app);
  for (const located of operationsOf(document)) {
    const { operation } = located;
    const access = accessByOperation.get(operation.operationId ?? '');
    if (!access) throw new Error(`a route has no @Endpoint(): ${operation.operationId}`);
    describeAccess(operation, access);
    if (access.isConditional) describeConditions(located);
    if (access.deprecation) describeDeprecation(operation, access.deprecation);
    addExamples(operation, document);
    if (access.hasPage) addPage(operation);
    addProblemResponses(located, { codes: problemsOf(located, access), ...settings });
    addResponseHeaders(operation, access);
  }
  return document;
}

function describeDocument(settings: ApiSettings): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
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
    .addOAuth2(toOAuthScheme(settings), 'oauth2')
    .addOAuth2(toServiceAccountScheme(settings), 'machine')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'accessToken');
  for (const [name, description] of TAGS) builder.addTag(name, description);
  return builder.build();
}

/** The same answer as a page for browsers. */
function addPage({ responses }: Operation): void {
  const { content } = responses['200'] as { content: Record<string, object> };
  content['text/html'] = { schema: { type: 'string' }, example: '<!doctype html>…' };
}

function addComponents(document: OpenAPIObject): void {
  const { schema: _reference, components } = toOpenApiSchema(problemSchema, {
    schemaType: 'output',
  })!;
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, ...components };
  document.components.headers = RESPONSE_HEADERS;
}
