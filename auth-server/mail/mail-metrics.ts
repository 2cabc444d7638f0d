import { Counter, Gauge } from 'prom-client';
import type { Mailer } from './mailer';
import { MAIL_OUTCOMES } from './mailer.interface';
import type { Metrics } from '../../runtime/metrics/metrics';

/** The mails that this process dropped because they exceed a budget. */
export function countDroppedMails({ registry }: Metrics, mailer: Mailer): void {
  const counter: Counter<'cause'> = new Counter({
    name: 'mails_dropped_total',
    help: 'Mails that exceed a budget, by cause',
    labelNames: ['cause'],
    registers: [registry],
    collect: () => {
      counter.reset();
      for (const [cause, count] of mailer.dropped) counter.inc({ cause }, count);
    },
  });
}

/** The attempts of this process to send a mail; without a mail server there are none. */
export function countMailAttempts({ registry }: Metrics, { attempts }: Mailer): void {
  if (attempts === null) return;
  const counter: Counter<'outcome'> = new Counter({
    name: 'mail_attempts_total',
    help: 'Attempts to send a mail, by outcome',
    labelNames: ['outcome'],
    registers: [registry],
    collect: () => {
      counter.reset();
      for (const outcome of MAIL_OUTCOMES) counter.inc({ outcome }, attempts[outcome]);
    },
  });
}

/** The number of waiting mails. All auth servers on one database report the same number. */
export function measureMailQueue({ registry }: Metrics, mailer: Mailer): void {
  if (mailer.mailbox) return;
  const gauge: Gauge = new Gauge({
    name: 'mail_queue_length',
    help: 'Mails that wait for the mail server',
    registers: [registry],
    collect: async () => {
      // Without the database there is no value, and an old one would be wrong.
      gauge.set(await mailer.queueLength().catch(() => NaN));
    },
  });
}
