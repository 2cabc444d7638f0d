import { type CanActivate, type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { GLOBAL_GUARDS, toProviders } from './app.guards';
import { AuditModule } from './audit/audit.module';
import { AuthModule } from './auth/auth.module';
import { AuthProxyModule } from './auth-proxy/auth-proxy.module';
import { IntrospectionModule } from './auth-proxy/introspection/introspection.module';
import { listFeatureApis } from './common/feature-api';
import { ProblemDetailsFilter } from './common/problems/problem-details.filter';
import type { ApiSettings } from './config/api-settings';
import { SettingsModule } from './config/settings.module';
import { DatabaseModule } from './database/database.module';
import { EntranceModule } from './entrance/entrance.module';
import { HealthModule } from './health/health.module';
import { PreconditionsGuard } from './http/preconditions.guard';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { MetricsModule } from './metrics/metrics.module';
import { MeModule } from './users/me/me.module';
import { UsersModule } from './users/users.module';
import type { Metrics } from '../runtime/metrics/metrics';

export interface AppModuleOptions {
  settings: ApiSettings;
  metrics: Metrics;
  /** Default: {@link GLOBAL_GUARDS}. */
  guards?: readonly Type<CanActivate>[];
}

@Module({})
export class AppModule {
  static with({ settings, metrics, guards = GLOBAL_GUARDS }: AppModuleOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.with(settings),
        DatabaseModule,
        AuditModule,
        AuthModule,
        AuthProxyModule,
        IntrospectionModule,
        MeModule,
        UsersModule,
        ...listFeatureApis().map(({ module }) => module),
        HealthModule,
        IdempotencyModule,
        MetricsModule.with(settings, metrics),
        EntranceModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemDetailsFilter },
        PreconditionsGuard,
        ...toProviders(guards),
      ],
    };
  }
}
