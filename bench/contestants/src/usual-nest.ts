import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HOST, readConfiguration } from './configuration';
import { createAppModule } from './usual-nest.module';

/** NestJS as its documentation builds it: Express, passport-jwt, jwks-rsa and TypeORM. */
async function main(): Promise<void> {
  const configuration = readConfiguration();
  const app = await NestFactory.create(createAppModule(configuration), {
    logger: ['error', 'warn'],
  });
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
  await app.listen(configuration.port, HOST);
}

void main();
