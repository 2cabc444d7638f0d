import { Controller, Get, Module, Patch } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { readAccess } from './access';
import { CurrentUser } from '../auth/principal/current-user.decorator';
import { Scopes } from '../auth/scopes.decorator';
import { Conditional } from '../common/openapi/conditional.decorator';
import { Endpoint } from '../common/openapi/endpoint.decorator';
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

@Controller('described')
class DescribedController {
  @Scopes('users:read')
  @Get()
  @Endpoint(ENDPOINT)
  read(): void {}

  /** No route. */
  help(): void {}
}

async function accessOf(controller: new () => object) {
  @Module({ controllers: [controller] })
  class RoutesModule {}
  const app = await NestFactory.create(RoutesModule, new FastifyAdapter(), { logger: false });
  try {
    return readAccess(app);
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

  it.each([UncheckedController, UnmarkedController])(
    'fail the start when preconditions are accepted or read, but not both: %p',
    async (controller) => {
      await expect(accessOf(controller)).rejects.toThrow('needs both @Conditional()');
    },
  );
});
