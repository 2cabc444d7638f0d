import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, Roles, Session, type UserSession } from '@thallesp/nestjs-better-auth';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { admin, bearer } from 'better-auth/plugins';
import { Pool } from 'pg';
import { HOST, readConfiguration } from './configuration';

@Controller('api/v1')
class UsersController {
  @Get('users/me')
  getOwnProfile(@Session() session: UserSession) {
    return session.user;
  }

  @Roles(['admin'])
  @Get('admin/users')
  listUsers(@Session() session: UserSession) {
    return { items: [session.user] };
  }
}

/** NestJS on Express with nestjs-better-auth: a session token, looked up for each request. */
async function main(): Promise<void> {
  const { port, databaseUrl } = readConfiguration();
  const auth = betterAuth({
    baseURL: `http://${HOST}:${port}`,
    secret: 'a secret of a benchmark, of 32 characters',
    database: new Pool({ connectionString: databaseUrl, max: 10 }),
    emailAndPassword: { enabled: true },
    plugins: [bearer(), admin()],
  });
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();

  @Module({ imports: [AuthModule.forRoot({ auth })], controllers: [UsersController] })
  class AppModule {}

  const app = await NestFactory.create(AppModule, {
    bodyParser: false,
    logger: ['error', 'warn'],
  });
  await app.listen(port, HOST);
}

void main();
