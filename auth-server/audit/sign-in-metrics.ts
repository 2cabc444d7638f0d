import { Counter } from 'prom-client';
import { PROVIDERS, toKnown } from './known-values';
import type { AuditEvent } from '../../contract';
import type { Metrics } from '../../runtime/metrics/metrics';

const METHODS = ['password', 'passkey', 'two_factor', ...PROVIDERS];
const OUTCOMES = ['success', 'failure'] as const;

/** Counts sign-ins by their audit events. An event is counted also when it is not recorded alone. */
export class SignInMetrics {
  private readonly counter: Counter<'method' | 'outcome'>;

  constructor({ registry }: Metrics) {
    this.counter = new Counter({
      name: 'gatehouse_sign_ins_total',
      help: 'Sign-ins, by method and outcome',
      labelNames: ['method', 'outcome'],
      registers: [registry],
    });
    // From the start: Prometheus sees no increase in the first value of a series.
    for (const method of METHODS) {
      for (const outcome of OUTCOMES) this.counter.inc({ method, outcome }, 0);
    }
  }

  count(event: AuditEvent): void {
    const { method } = (event.detail ?? {}) as { method?: unknown };
    if (event.action === 'user.signed_in') this.add(method, 'success');
    if (event.action === 'user.sign_in_failed') this.add(method, 'failure');
    // In a session, the code belongs to the setup of the second factor.
    const isSecondStep = event.action === 'two_factor.failed' && event.actor.type !== 'user';
    if (isSecondStep) this.add('two_factor', 'failure');
  }

  private add(method: unknown, outcome: (typeof OUTCOMES)[number]): void {
    this.counter.inc({ method: toKnown(method, METHODS), outcome });
  }
}
