import { Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { Metrics } from '../../runtime/metrics';
import { KeySet } from '../auth/key-set';
import { SessionAccess } from '../auth/session-access';

const MODES = ['live', 'strict', 'token'] as const;

/** What an operator wants to see of live access and of the key set, read when it is asked for. */
@Injectable()
export class AccessMetrics {
  private readonly registry: Registry;

  constructor(
    metrics: Metrics,
    private readonly access: SessionAccess,
    keySet: KeySet,
  ) {
    this.registry = metrics.registry;
    const registers = [this.registry];
    const report = () => access.report();
    new Gauge({
      name: 'gatehouse_access_mode',
      help: '1 for the way in which access is judged right now',
      labelNames: ['mode'],
      registers,
      collect() {
        for (const mode of MODES) this.set({ mode }, report().mode === mode ? 1 : 0);
      },
    });
    new Gauge({
      name: 'gatehouse_access_proof_age_seconds',
      help: 'Age of the newest proof that changes are heard; NaN without one',
      registers,
      collect() {
        this.set((report().proofAgeMs ?? NaN) / 1_000);
      },
    });
    new Gauge({
      name: 'gatehouse_access_known_sessions',
      help: 'Sessions held in memory',
      registers,
      collect() {
        this.set(report().knownSessions);
      },
    });
    new Gauge({
      name: 'gatehouse_key_set_age_seconds',
      help: 'Age of the signing keys in use; NaN without any',
      registers,
      collect() {
        this.set((keySet.ageMs() ?? NaN) / 1_000);
      },
    });
    this.count('notifications', 'Changes of access that were announced');
    this.count('loads', 'States of sessions that were read from the database');
    this.count('discardedLoads', 'Reads that a change overtook, so that they were not kept');
  }

  private count(what: 'notifications' | 'loads' | 'discardedLoads', help: string): void {
    const read = (): number => this.access.report()[what];
    const name = what.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    new Counter({
      name: `gatehouse_access_${name}_total`,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}
