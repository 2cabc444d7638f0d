import { Pool } from 'pg';
import { createMailer } from '../../auth-server/mail/mailer';
import { createLogger } from '../../runtime/logger';
import { authSettings } from '../support/auth-server/auth-settings';

/** A process that queues one mail, reports it, and runs until it is killed. */
async function main([databaseUrl, smtpUrl]: string[]): Promise<void> {
  const pool = new Pool({ connectionString: databaseUrl });
  const config = authSettings(databaseUrl!, {
    SMTP_URL: smtpUrl,
    MAIL_FROM: 'Gatehouse <no-reply@gatehouse.example>',
  });
  const mailer = createMailer({ config, pool, logger: createLogger('auth', 'silent') });
  const letter = { subject: 'A letter', text: 'Hello', html: '<p>Hello</p>' };
  await mailer.send({ cause: 'security_notice', to: 'orphan@example.com', ...letter });
  process.stdout.write('queued\n');
  setInterval(() => {}, 1_000);
}

void main(process.argv.slice(2));
