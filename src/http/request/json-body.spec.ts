import { Body, Controller, Module, Post, RawBody } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { acceptJsonBodies } from './json-body';

@Controller('payments')
class PaymentsController {
  @Post()
  receive(@RawBody() bytes: Buffer | undefined, @Body() payment: unknown): object {
    return { text: bytes?.toString(), payment };
  }
}

@Module({ controllers: [PaymentsController] })
class PaymentsModule {}

let app: NestFastifyApplication;

beforeAll(async () => {
  const options = { bodyParser: false, logger: false } as const;
  app = await NestFactory.create<NestFastifyApplication>(
    PaymentsModule,
    new FastifyAdapter(),
    options,
  );
  acceptJsonBodies(app.getHttpAdapter().getInstance());
  await app.init();
});
afterAll(() => app.close());

describe('a handler with @RawBody()', () => {
  it('gets the bytes as they were sent, for a signature over them', async () => {
    const payload = '{ "amount":  1.50 }';
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/payments', payload, headers });
    expect(answer.json()).toEqual({ text: payload, payment: { amount: 1.5 } });
  });

  it('gets none of a request without a body', async () => {
    const answer = await app.inject({ method: 'POST', url: '/payments' });
    expect(answer.json()).toEqual({});
  });
});
