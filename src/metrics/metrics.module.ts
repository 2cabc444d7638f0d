import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AccessMetrics } from './access.metrics';
import { DatabaseMetrics } from './database.metrics';
import { MetricsController } from './metrics.controller';
import { MetricsPort } from './metrics-port';
import { Metrics } from '../../runtime/metrics/metrics';
import { AuthModule } from '../auth/auth.module';
import type { ApiSettings } from '../config/api-settings';

/** Prometheus metrics: on the API's own port, or on `METRICS_PORT` alone where that is set. */
@Global()
@Module({})
export class MetricsModule {
  static with({ metricsPort }: ApiSettings, metrics: Metrics): DynamicModule {
    return {
      module: MetricsModule,
      imports: [AuthModule],
      controllers: metricsPort === null ? [MetricsController] : [],
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
