import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AccessMetrics } from './access.metrics';
import { DatabaseMetrics } from './database.metrics';
import { MetricsController } from './metrics.controller';
import { MetricsPort } from './metrics-port';
import { Metrics } from '../../runtime/metrics/metrics';
import { AuthModule } from '../auth/auth.module';
import type { ApiSettings } from '../config/api-settings';

/** Prometheus metrics: on `METRICS_PORT`, or without it on the API's own port, but not in production. */
@Global()
@Module({})
export class MetricsModule {
  static with(settings: ApiSettings, metrics: Metrics): DynamicModule {
    const { metricsPort, metricsOnProcessPort } = settings;
    return {
      module: MetricsModule,
      imports: [AuthModule],
      controllers: metricsOnProcessPort ? [MetricsController] : [],
      providers: [
        { provide: Metrics, useValue: metrics },
        AccessMetrics,
        DatabaseMetrics,
        ...(metricsPort === null ? [] : [MetricsPort]),
      ],
      exports: [Metrics],
    };
  }
}
