import { Body, Controller, Get, type INestApplication, Module, Param } from '@nestjs/common';
import { Patch, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { readAccess } from './access';
import { API_STEPS, type ApiParts } from '../app.steps';
import { CurrentUser } from '../auth/principal/current-user.decorator';
import { Scopes } from '../auth/scopes.decorator';
import { Conditional } from '../common/openapi/conditional.decorator';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { IDEMPOTENCY } from '../common/openapi/idempotency-gate';
import { Idempotent } from '../common/openapi/idempotent.decorator';
import { Upload, UploadedBytes } from '../common/openapi/upload.decorator';
import { id } from '../common/validation/schemas';
import { RequestPreconditions } from '../http/request/preconditions';

const ENDPOINT = { summary: 'Read', operationId: 'read', answers: { 200: { description: 'It' } } };

@Controller('undescribed')
class UndescribedController {
  @Get()
  read(): void {}
}

@Controller('contradiction')
class ContradictionController {
  @Scopes('users:read')
  @Get()
  @Endpoint(ENDPOINT)
  read(@CurrentUser() _user: unknown): void {}
}

@Controller('unchecked')
class UncheckedController {
  @Conditional()
  @Patch()
  @Endpoint(ENDPOINT)
  change(): void {}
}

@Controller('unmarked')
class UnmarkedController {
  @Patch()
  @Endpoint(ENDPOINT)
  change(@RequestPreconditions() _preconditions: unknown): void {}
}

@Controller('unvalidated')
class UnvalidatedController {
  @Patch(':id')
  @Endpoint(ENDPOINT)
  change(@Param('id', { schema: id }) _id: string, @Body() _change: object): void {}
}

@Controller('kept-file')
class KeptFileController {
  @Idempotent()
  @Upload({ types: ['image/png'], maxBytes: 1 })
  @Post()
  @Endpoint(ENDPOINT)
  add(@UploadedBytes() _bytes: Buffer): void {}
}

@Controller('kept-text')
class KeptTextController {
  @Idempotent()
  @Post()
  @Endpoint({ ...ENDPOINT, answers: { 200: { description: 'It', textType: 'text/csv' } } })
  print(): string {
    return '';
  }
}

@Controller('no-file')
class NoFileController {
  @Post()
  @Endpoint(ENDPOINT)
  add(@UploadedBytes() _bytes: Buffer): void {}
}

@Controller('described')
class DescribedController {
  @Scopes('users:read')
  @Get()
  @Endpoint(ENDPOINT)
  read(): void {}

  /** No route. */
  help(): void {}
}

function accessOf(controller: new () => object) {
  return withApp(controller, readAccess);
}

async function withApp<T>(
  controller: new () => object,
  work: (app: INestApplication) => T,
): Promise<T> {
  @Module({ controllers: [controller], providers: [{ provide: IDEMPOTENCY, useValue: {} }] })
  class RoutesModule {}
  const app = await NestFactory.create(RoutesModule, new FastifyAdapter(), { logger: false });
  try {
    return work(app);
  } finally {
    await app.close();
  }
}

describe('the rules of the routes', () => {
  it('are read of each route', async () => {
    expect([...(await accessOf(DescribedController)).keys()]).toEqual(['read']);
  });

  it('fail the start when a route has no description', async () => {
    await expect(accessOf(UndescribedController)).rejects.toThrow(
      'a route has no @Endpoint(): UndescribedController.read',
    );
  });

  it('fail the start when a route for service accounts needs a user', async () => {
    await expect(accessOf(ContradictionController)).rejects.toThrow('use @UserScopes()');
  });

  it('fail the start when a body has no schema', async () => {
    await expect(accessOf(UnvalidatedController)).rejects.toThrow(
      'UnvalidatedController.change has a parameter without a schema',
    );
  });

  it('are checked with API_DOCS=off too', async () => {
    const steps = API_STEPS.filter(({ name }) => /routes|documentation/.test(name));
    const start = (app: INestApplication) => {
      const parts = { app, settings: { apiDocs: false } } as ApiParts;
      for (const step of steps) step.run(parts);
    };
    await expect(withApp(UnvalidatedController, start)).rejects.toThrow('without a schema');
    await expect(withApp(DescribedController, start)).resolves.toBeUndefined();
  });

  it.each([UncheckedController, UnmarkedController])(
    'fail the start when preconditions are accepted or read, but not both: %p',
    async (controller) => {
      await expect(accessOf(controller)).rejects.toThrow('needs both @Conditional()');
    },
  );

  it.each([
    [KeptFileController, 'compares bodies as JSON: not with @Upload()'],
    [KeptTextController, 'keeps answers as JSON'],
    [NoFileController, 'has @UploadedBytes() and no @Upload()'],
  ])(
    'fail the start when a file or a text meets what takes JSON: %p',
    async (controller, words) => {
      await expect(accessOf(controller)).rejects.toThrow(words);
    },
  );
});
