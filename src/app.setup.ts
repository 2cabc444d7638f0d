import { type CanActivate, type INestApplication, type Type, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { GLOBAL_GUARDS } from './app.guards';
import { AppModule } from './app.module';
import { API_STEPS, type ApiStep } from './app.steps';
import { NestLogger } from './common/nest-logger';
import { type ApiSettings, toApiSettings } from './config/api-settings';
import { createAdapter } from './http/adapter';
import { createOpenApiDocument } from './openapi/document';
import type { Logger } from '../runtime/logger';
import { Metrics } from '../runtime/metrics/metrics';
import type { Settings } from '../runtime/settings/load';

/** The error of a failed query holds its parameters and the row: these are not logged. */
const ROW_VALUES = ['err.parameters', 'err.driverError', 'err.detail', 'err.where'];

/** The parts of the API whose order matters. */
export interface ApiPlan {
  steps: readonly ApiStep[];
  guards: readonly Type<CanActivate>[];
}

/** The plan of the running API. */
export const API_PLAN: ApiPlan = { steps: API_STEPS, guards: GLOBAL_GUARDS };

/**
 * The API, ready to listen. `main` and the tests call this function.
 *
 * @throws when the database cannot be reached.
 */
export function createApi(settings: Settings, logger: Logger): Promise<NestFastifyApplication> {
  return assembleApi({ settings, logger }, API_PLAN);
}

/** {@link createApi} with a plan of the caller, for tests of the order. */
export async function assembleApi(
  { settings: allSettings, logger: parentLogger }: { settings: Settings; logger: Logger },
  { steps, guards }: ApiPlan,
): Promise<NestFastifyApplication> {
  const logger = parentLogger.child({}, { redact: { paths: ROW_VALUES, remove: true } });
  const settings = toApiSettings(allSettings);
  const metrics = new Metrics('api');
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({ settings, metrics, guards }),
    createAdapter(settings, logger),
    // The caller reports a failed start once.
    { bodyParser: false, bufferLogs: true, autoFlushLogs: false, abortOnError: false },
  );
  app.useLogger(new NestLogger(logger));
  app.flushLogs();
  placeRoutes(app);
  const fastify = app.getHttpAdapter().getInstance();
  for (const step of steps) step.run({ app, fastify, settings, metrics });
  return app;
}

/** The OpenAPI document without a running system: nothing is connected, no provider is created. */
export async function describeApi(settings: ApiSettings): Promise<OpenAPIObject> {
  const app = await NestFactory.create(
    AppModule.with({ settings, metrics: new Metrics('api') }),
    new FastifyAdapter(),
    { preview: true, logger: false, abortOnError: false },
  );
  placeRoutes(app);
  return createOpenApiDocument(app, settings);
}

/**
 * Routes with a version are below `/api/v1`, those without one (`VERSION_NEUTRAL`) are of the
 * process. A global prefix needs exceptions for the latter, by path: they would also apply to a
 * route of a feature with the same path, such as `problems`.
 */
export function placeRoutes(app: INestApplication): void {
  app.enableVersioning({ type: VersioningType.URI, prefix: 'api/v' });
}
