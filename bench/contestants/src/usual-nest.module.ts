import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Configuration } from './configuration';
import { createJwtStrategy, JwtAuthGuard, RolesGuard } from './usual-nest.auth';
import { User } from './usual-nest.user';
import { AdminUsersController, UsersController, UsersService } from './usual-nest.users';

@Module({})
class AppModule {}

export function createAppModule(configuration: Configuration): DynamicModule {
  return {
    module: AppModule,
    imports: [
      PassportModule,
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: configuration.databaseUrl,
        entities: [User],
        extra: { max: 10 },
      }),
      TypeOrmModule.forFeature([User]),
    ],
    controllers: [UsersController, AdminUsersController],
    providers: [
      UsersService,
      createJwtStrategy(configuration),
      { provide: APP_GUARD, useClass: JwtAuthGuard },
      { provide: APP_GUARD, useClass: RolesGuard },
    ],
  };
}
