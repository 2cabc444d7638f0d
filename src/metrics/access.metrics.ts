import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { Metrics } from '../../runtime/metrics/metrics';
import { KeySet } from '../auth/token/key-set';
import { type AccessReport, SessionAccess } from '../auth/live-access/session-access';

const MODES = ['live', 'strict', 'token'] as const;

/** Metrics of live access and of the key set, read at each scrape. */
@Injectable()
export class AccessMetrics {
  constructor({ registry }: Metrics, access: SessionAccess, keySet: KeySet) {
    const report = () => access.report();
    registry.registerMetric(modeGauge(report));
    for (const gauge of [
      readGauge({
        name: 'gatehouse_access_proof_age_seconds',
        help: 'Age of the newest proof that changes are received; NaN without one',
        read: () => (report().proofAgeMs ?? NaN) / 1_000,
      }),
      readGauge({
        name: 'gatehouse_access_known_sessions',
        help: 'Sessions held in memory',
        read: () => report().knownSessions,
      }),
      readGauge({
        name: 'gatehouse_key_set_age_seconds',
        help: 'Age of the signing keys in use; NaN without any',
        read: () => (keySet.ageMs() ?? NaN) / 1_000,
      }),
    ]) {
      registry.registerMetric(gauge);
    }
    registerCounters(registry, report);
    const duration = notificationDuration(registry);
    access.onNotification((milliseconds) => duration.observe(milliseconds / 1_000));
  }
}

/** A change of access is heard within this time after its commit. */
function notificationDuration(registry: Registry): Histogram {
  return new Histogram({
    name: 'gatehouse_access_notification_seconds',
    help: 'Time from a statement that notifies to its notification on this replica',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers: [registry],
  });
}

function modeGauge(report: () => AccessReport): Gauge {
  return new Gauge({
    name: 'gatehouse_access_mode',
    help: '1 for the current check of access',
    labelNames: ['mode'],
    registers: [],
    collect() {
      for (const mode of MODES) this.set({ mode }, report().mode === mode ? 1 : 0);
    },
  });
}

interface ReadMetric {
  name: string;
  help: string;
  /** The value as of now. */
  read: () => number;
}

function readGauge({ name, help, read }: ReadMetric): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
}

function readCounter({ name, help, read }: ReadMetric): Counter {
  return new Counter({
    name,
    help,
    registers: [],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function registerCounters(registry: Registry, report: () => AccessReport): void {
  const counters: ReadMetric[] = [
    {
      name: 'gatehouse_access_notifications_total',
      help: 'Changes of access that were announced',
      read: () => report().notifications,
    },
    {
      name: 'gatehouse_access_loads_total',
      help: 'States of sessions that were read from the database',
      read: () => report().loads,
    },
    {
      name: 'gatehouse_access_discarded_loads_total',
      help: 'Reads that a change overtook, so that they were not kept',
      read: () => report().discardedLoads,
    },
  ];
  for (const counter of counters) registry.registerMetric(readCounter(counter));
}
