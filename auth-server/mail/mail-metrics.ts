import { Gauge } from 'prom-client';
import type { Mailer } from './mailer';
import type { Metrics } from '../../runtime/metrics';

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
