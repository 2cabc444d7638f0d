import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CONSTANT_PROFILE, HOST, readConfiguration } from './configuration';

@Controller('api/v1/users')
class UsersController {
  @Get('me')
  getOwnProfile() {
    return CONSTANT_PROFILE;
  }
}

@Module({ controllers: [UsersController] })
class AppModule {}

/** A route on NestJS and Fastify that checks nothing and returns a constant. */
async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
    logger: ['error', 'warn'],
  });
  await app.listen(readConfiguration().port, HOST);
}

void main();
