import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from './access/access.module';
import { OrdersController } from './orders.controller';

@Module({
  imports: [
    AccessModule.forRoot({
      apiUrl: setting('API_URL'),
      issuer: setting('JWT_ISSUER'),
      audience: setting('JWT_AUDIENCE'),
      algorithm: process.env.JWT_ALGORITHM ?? 'RS256',
      jwksUrl: setting('JWKS_URL'),
      tokenUrl: setting('TOKEN_URL'),
      introspectionUrl: process.env.INTROSPECTION_URL,
      clientId: setting('CLIENT_ID'),
      clientSecret: setting('CLIENT_SECRET'),
    }),
  ],
  controllers: [OrdersController],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule,
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: ['error', 'warn'] },
  );
  app.enableShutdownHooks();
  await app.listen(Number(process.env.PORT ?? 8102), '127.0.0.1');
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

void main();
