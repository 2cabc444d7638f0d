import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { AccessEvent, ReadMoment } from './access-event.store';
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

  /** The clock of this process can differ from that of the database: no two times of both are compared. */
  delivered(events: readonly AccessEvent[], { inDatabase, inProcess }: ReadMoment): void {
    const sinceRead = performance.now() - inProcess;
    for (const { time } of events) {
      const untilRead = Math.max(0, inDatabase.getTime() - Date.parse(time));
      this.lag.observe((untilRead + sinceRead) / 1_000);
    }
  }

  cutOff(): void {
    this.cut.inc();
  }
}
