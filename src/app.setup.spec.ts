import { Controller, Get, Module, VERSION_NEUTRAL } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { placeRoutes } from './app.setup';

@Controller({ path: 'metrics', version: VERSION_NEUTRAL })
class ProcessController {
  @Get()
  read(): string {
    return 'of the process';
  }
}

/** A product may have metrics of its own, for example of a sensor. */
@Controller({ path: 'metrics', version: '1' })
class ProductController {
  @Get()
  read(): string {
    return 'of the product';
  }
}

@Module({ controllers: [ProcessController, ProductController] })
class RoutesModule {}

let app: NestFastifyApplication;

beforeAll(async () => {
  app = await NestFactory.create(RoutesModule, new FastifyAdapter(), { logger: false });
  placeRoutes(app);
  await app.init();
});

afterAll(() => app.close());

describe('the place of routes', () => {
  it.each([
    ['/metrics', 200, 'of the process'],
    ['/api/v1/metrics', 200, 'of the product'],
    ['/v1/metrics', 404, 'Cannot GET /v1/metrics'],
    ['/api/metrics', 404, 'Cannot GET /api/metrics'],
  ])('%s is answered with %i %s', async (url, status, text) => {
    const answer = await app.inject({ url });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(text);
  });
});
