import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { AccessEvent } from './access-event.store';
import { Metrics } from '../../../runtime/metrics/metrics';

/** The metrics of the stream of access events. */
@Injectable()
export class AccessEventMetrics {
  private readonly lag: Histogram;
  private readonly cut: Counter;

  constructor(private readonly metrics: Metrics) {
    const registers = [metrics.registry];
    this.lag = new Histogram({
      name: 'gatehouse_access_event_lag_seconds',
      help: 'Time from writing an event to its delivery to the readers of this replica',
      buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 10],
      registers,
    });
    this.cut = new Counter({
      name: 'gatehouse_access_event_readers_cut_total',
      help: 'Readers of access events that were cut off because they read too slowly',
      registers,
    });
  }

  observe(readers: () => number): void {
    const gauge = new Gauge({
      name: 'gatehouse_access_event_readers',
      help: 'Readers that follow access events on this replica',
      registers: [],
      collect() {
        this.set(readers());
      },
    });
    this.metrics.registry.registerMetric(gauge);
  }

  delivered(events: readonly AccessEvent[]): void {
    for (const { time } of events) {
      this.lag.observe(Math.max(0, Date.now() - Date.parse(time)) / 1_000);
    }
  }

  cutOff(): void {
    this.cut.inc();
  }
}
