import { Gauge } from 'prom-client';
import type { Mailer } from './mailer';
import type { Metrics } from '../../runtime/metrics';

/** How many mails wait; the same figure from every auth server on one database. */
export function measureMailQueue({ registry }: Metrics, mailer: Mailer): void {
  if (mailer.mailbox) return;
  const gauge: Gauge = new Gauge({
    name: 'mail_queue_length',
    help: 'Mails that wait for the mail server',
    registers: [registry],
    collect: async () => {
      // Without a database there is no figure, which is better than an old one.
      gauge.set(await mailer.queueLength().catch(() => NaN));
    },
  });
}
