import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { poolOf } from '../database/prepared-statements';
import { measurePool } from '../../runtime/metrics/pool-metrics';
import { Metrics } from '../../runtime/metrics/metrics';

/** Metrics of the pool of connections. */
@Injectable()
export class DatabaseMetrics {
  constructor(@InjectDataSource() dataSource: DataSource, metrics: Metrics) {
    measurePool(metrics, poolOf(dataSource));
  }
}
