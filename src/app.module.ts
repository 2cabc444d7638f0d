import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AdminModule } from './admin/admin.module';
import { AuditModule } from './audit/audit.module';
import { AuthModule } from './auth/auth.module';
import { AuthProxyModule } from './auth-proxy/auth-proxy.module';
import { ProblemDetailsFilter } from './common/problems/problem-details.filter';
import type { ApiSettings } from './config/api-settings';
import { SettingsModule } from './config/settings.module';
import { DatabaseModule } from './database/database.module';
import { EntranceModule } from './entrance/entrance.module';
import { HealthModule } from './health/health.module';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { MetricsModule } from './metrics/metrics.module';
import { UsersModule } from './users/users.module';
import type { Metrics } from '../runtime/metrics';

@Module({})
export class AppModule {
  static with(settings: ApiSettings, metrics: Metrics): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.with(settings),
        DatabaseModule,
        AuditModule,
        AuthModule,
        AuthProxyModule,
        UsersModule,
        AdminModule,
        HealthModule,
        IdempotencyModule,
        MetricsModule.with(settings, metrics),
        EntranceModule,
      ],
      providers: [{ provide: APP_FILTER, useClass: ProblemDetailsFilter }],
    };
  }
}
