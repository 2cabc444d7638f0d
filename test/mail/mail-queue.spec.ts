import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { pino } from 'pino';
import { createMailer, type Mailer } from '../../auth-server/mail/mailer';
import { MailQueue } from '../../auth-server/mail/mail-queue';
import type { Message } from '../../auth-server/mail/link-mails';
import { authSettings } from '../support/auth-server/auth-settings';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { MailServer } from './smtp-server';

const ROOT = join(__dirname, '../..');

let database: TestDatabase;
let pool: Pool;
let mailServer: MailServer;
let mailers: Mailer[] = [];
let log: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url });
});

beforeEach(async () => {
  mailServer = await MailServer.away();
  log = [];
});

afterEach(async () => {
  await Promise.all(mailers.map((mailer) => mailer.close()));
  mailers = [];
  await mailServer.down();
  await pool.query('DELETE FROM mail_queue');
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Records the pause after each attempt in seconds. `due_at` is kept in whole milliseconds. */
const RECORD_PAUSES = `
  CREATE TABLE pauses (mail_id text, attempts int, pause int);
  CREATE FUNCTION record_pause() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO pauses VALUES (NEW.id, NEW.attempts, round(extract(epoch FROM NEW.due_at - now())));
    RETURN NULL;
  END $$;
  CREATE TRIGGER record_pause AFTER UPDATE ON mail_queue FOR EACH ROW
  WHEN (NEW.attempts = OLD.attempts AND NEW.due_at > now() + interval '100 ms') EXECUTE FUNCTION record_pause()`;

/** Settings for the mails of one auth server. */
function startMailer(env: NodeJS.ProcessEnv = {}): Mailer {
  const config = authSettings(database.url, {
    SMTP_URL: mailServer.url,
    MAIL_FROM: 'Gatehouse <no-reply@gatehouse.example>',
    ...env,
  });
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const mailer = createMailer({ config, pool, logger });
  mailers.push(mailer);
  return mailer;
}

function letterTo(to: string): Message {
  return {
    to,
    subject: 'A letter',
    text: 'Code: s3cret-code',
    cause: 'security_notice' as const,
    html: '<p>Code: s3cret-code</p>',
  };
}

/** The column has whole milliseconds: what is due now can be due in half of one. */
async function letBeDue(): Promise<void> {
  await pool.query(`UPDATE mail_queue SET due_at = now() - interval '1 second'`);
}

async function waiting(): Promise<number> {
  const { rows } = await pool.query('SELECT count(*)::int AS count FROM mail_queue');
  return rows[0].count;
}

describe('a mail', () => {
  it('is sent once, with text and HTML, and is deleted', async () => {
    await mailServer.up();
    await startMailer().send(letterTo('ada@example.com'));
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(mailServer.received).toHaveLength(1);
    const [mail] = mailServer.received;
    expect(mail).toMatchObject({ to: 'ada@example.com', subject: 'A letter' });
    expect(mail!.messageId).toMatch(/^[0-9a-f-]{36}@gatehouse\.example$/);
    expect(mail!.raw).toContain('From: Gatehouse <no-reply@gatehouse.example>');
    expect(mail!.raw).toContain('Auto-Submitted: auto-generated');
    expect(mail!.raw).toContain('Content-Type: text/plain');
    expect(mail!.raw).toContain('Content-Type: text/html');
  });

  it('waits encrypted while the server is unavailable, and is sent when it is back', async () => {
    const mailer = startMailer();
    await mailer.send(letterTo('bob@example.com'));
    await eventually(() => expect(log.join()).toContain('mail not sent yet'));
    const { rows } = await pool.query('SELECT *, sealed::text AS hex FROM mail_queue');
    expect(rows).toHaveLength(1);
    const stored = rows[0].sealed.toString('latin1') + JSON.stringify(rows);
    for (const secret of ['s3cret', 'bob@', 'letter']) expect(stored).not.toContain(secret);
    await mailServer.up();
    await eventually(() => expect(mailServer.mailsTo('bob@example.com')).toHaveLength(1));
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(mailer.attempts).toMatchObject({ sent: 1, given_up: 0 });
    expect(mailer.attempts!.delayed).toBeGreaterThan(0);
    expect(log.join()).not.toContain('s3cret');
  });

  it('waits in production while the server has no TLS, unless the URL allows it', async () => {
    await mailServer.up();
    // Reaches this host, and is no name of loopback.
    const url = mailServer.url.replace('127.0.0.1', '0.0.0.0');
    const mailer = startMailer({ NODE_ENV: 'production', SMTP_URL: url });
    await mailer.send(letterTo('no-tls@example.com'));
    await eventually(() => expect(log.join()).toContain('"reason":"no TLS with the server"'));
    await eventually(() => expect(mailer.attempts!.delayed).toBeGreaterThan(0));
    await mailer.close();
    expect(mailServer.attempts).toBe(0);
    await letBeDue();
    startMailer({ NODE_ENV: 'production', SMTP_URL: `${url}?requireTLS=false` });
    await eventually(() => expect(mailServer.mailsTo('no-tls@example.com')).toHaveLength(1));
  });

  it('is not looked for without a pause while another transaction holds it', async () => {
    const mailer = startMailer();
    await mailer.send(letterTo('held@example.com'));
    await eventually(() => expect(log.join()).toContain('mail not sent yet'));
    await mailer.close();
    await mailServer.up();
    const holder = await pool.connect();
    await holder.query('BEGIN');
    await holder.query(`UPDATE mail_queue SET due_at = now() - interval '1 second'`);
    await holder.query('COMMIT; BEGIN; SELECT FROM mail_queue FOR UPDATE');
    const taking = jest.spyOn(MailQueue.prototype, 'take');
    const begun = performance.now();
    startMailer();
    await sleep(1_000);
    const passed = performance.now() - begun;
    const looks = taking.mock.calls.length;
    taking.mockRestore();
    await holder.query('COMMIT');
    holder.release();
    expect(looks).toBeLessThanOrEqual(passed / 200 + 1);
    await eventually(() => expect(mailServer.mailsTo('held@example.com')).toHaveLength(1));
  });

  it('is retried with growing waits', async () => {
    await pool.query(RECORD_PAUSES);
    await startMailer().send(letterTo('eve@example.com'));
    const { rows: letters } = await pool.query<{ id: string }>('SELECT id FROM mail_queue');
    const pauses = async () => {
      const { rows } = await pool.query<{ pause: number }>(
        'SELECT pause FROM pauses WHERE mail_id = $1 ORDER BY attempts',
        [letters[0]!.id],
      );
      return rows.map(({ pause }) => pause);
    };
    for (const attempts of [1, 2, 3]) {
      await eventually(async () =>
        expect((await pauses()).length).toBeGreaterThanOrEqual(attempts),
      );
      await pool.query('UPDATE mail_queue SET due_at = now()');
      // Another mail wakes the sender, as in production.
      await mailers[0]!.send(letterTo(`waker-${attempts}@example.com`));
    }
    const [first, second, third] = (await pauses()) as [number, number, number];
    // The order of the locks of a change of a mail, which the trigger records.
    await pool.query('DROP FUNCTION record_pause CASCADE; DROP TABLE pauses');
    expect(first).toBeLessThanOrEqual(1);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  });

  it('is given up after a permanent refusal, and logged without the address', async () => {
    await mailServer.up();
    mailServer.refusal = 550;
    const mailer = startMailer();
    await mailer.send(letterTo('gone@example.com'));
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(mailer.attempts).toEqual({ sent: 0, delayed: 0, given_up: 1 });
    expect(mailServer.attempts).toBe(1);
    expect(log.join()).toContain('mail given up');
    expect(log.join()).toContain('the server answers 550');
    expect(log.join()).not.toMatch(/gone@|someone@/);
  });

  it.each([450, 530])('is kept when the server responds with %d', async (code) => {
    await mailServer.up();
    mailServer.refusal = code;
    await startMailer().send(letterTo('later@example.com'));
    await eventually(() => expect(log.join()).toContain('mail not sent yet'));
    expect(await waiting()).toBe(1);
    mailServer.refusal = null;
    await eventually(() => expect(mailServer.mailsTo('later@example.com')).toHaveLength(1));
  });

  it('is not sent after its link has expired', async () => {
    await startMailer().send({ ...letterTo('late@example.com'), usefulForMs: 1 });
    await eventually(() => expect(log.join()).toContain('expired'));
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(mailServer.received).toEqual([]);
  });

  it('cannot be decrypted with another secret or in another row', async () => {
    await storeSwappedMails();
    startMailer();
    await eventually(() => {
      expect(log.join()).toContain('sealed with another BETTER_AUTH_SECRET');
    });
    expect(mailServer.received).toEqual([]);
  });

  it('waits for an auth server that knows its secret, until it is too old', async () => {
    await storeSwappedMails();
    startMailer();
    await eventually(async () => {
      const { rows } = await pool.query('SELECT FROM mail_queue WHERE attempts > 1');
      expect(rows).toHaveLength(2);
    });
    await pool.query(`UPDATE mail_queue SET due_at = now(), expires_at = now()`);
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(log.join()).toContain('mail given up');
    expect(mailServer.received).toEqual([]);
  });

  /** Two mails that no process can decrypt: each has the content of the other row. */
  async function storeSwappedMails(): Promise<void> {
    await startMailer().send(letterTo('a@example.com'));
    await mailers[0]!.send(letterTo('b@example.com'));
    await Promise.all(mailers.map((mailer) => mailer.close()));
    await mailServer.up();
    await pool.query(`
      UPDATE mail_queue SET due_at = now(), attempts = 0, sealed = other.sealed
        FROM mail_queue AS other WHERE other.id <> mail_queue.id`);
  }
});

it('a mail that a former secret has sealed is opened, and a new one is sealed with the current', async () => {
  await new MailQueue(pool, ['old']).add(letterTo('old@example.com'));
  await new MailQueue(pool, ['new', 'old']).add(letterTo('new@example.com'));
  await letBeDue();
  const opened = await new MailQueue(pool, ['new', 'old']).take(2, 0);
  const recipients = opened.map(({ message }) => message?.to);
  expect(new Set(recipients)).toEqual(new Set(['new@example.com', 'old@example.com']));
  await letBeDue();
  const current = await new MailQueue(pool, ['new']).take(2, 0);
  expect(current.filter(({ message }) => message)).toHaveLength(1);
});

describe('auth servers on one database', () => {
  it('send each mail once', async () => {
    await mailServer.up();
    startMailer();
    startMailer();
    startMailer();
    const addresses = Array.from({ length: 30 }, (_, index) => `user${index}@example.com`);
    await Promise.all(addresses.map((to, index) => mailers[index % 3]!.send(letterTo(to))));
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(mailServer.received.map(({ to }) => to).toSorted()).toEqual(addresses.toSorted());
  });

  it('take no more mails than asked when the queue has grown since its statistics', async () => {
    const queue = new MailQueue(pool, ['a secret of at least 32 characters']);
    await queue.add(letterTo('first@example.com'));
    await pool.query('ANALYZE mail_queue');
    for (let n = 0; n < 20; n += 1) await queue.add(letterTo(`reader-${n}@example.com`));
    await expect(queue.take(5, 60_000)).resolves.toHaveLength(5);
    await expect(queue.take(50, 60_000)).resolves.toHaveLength(16);
  });

  it('skip a mail that another one is sending', async () => {
    const queue = new MailQueue(pool, ['any secret']);
    for (let index = 0; index < 6; index += 1) await queue.add(letterTo('a@example.com'));
    const other = await pool.connect();
    await other.query('BEGIN');
    const { rows } = await other.query<{ id: string }>(
      'SELECT id FROM mail_queue ORDER BY due_at LIMIT 3 FOR UPDATE',
    );
    const taken = await Promise.race([
      queue.take(6, 60_000),
      sleep<[]>(60_000, [], { ref: false }),
    ]);
    await other.query('ROLLBACK');
    other.release();
    expect(taken).toHaveLength(3);
    expect(taken.map(({ id }) => id)).not.toContain(rows[0]!.id);
  });

  it('send the mails of a stopped one', async () => {
    await startMailer().send(letterTo('heir@example.com'));
    await mailers[0]!.close();
    await mailServer.up();
    await pool.query('UPDATE mail_queue SET due_at = now()');
    startMailer();
    await eventually(() => expect(mailServer.mailsTo('heir@example.com')).toHaveLength(1));
  });
});

describe('an auth server that is killed', () => {
  let child: ChildProcess;

  afterEach(() => child.kill('SIGKILL'));

  /** Queues a mail in a separate process, which then dies. */
  async function startKilled(): Promise<void> {
    const runner = join(ROOT, 'test/support/run-typescript.cjs');
    const script = join(ROOT, 'test/mail/send-one-mail.ts');
    child = spawn(process.execPath, [runner, script, database.url, mailServer.url], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
  }

  it('leaves its mails to the others', async () => {
    await startKilled();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await waiting()).toBe(1);
    await pool.query('UPDATE mail_queue SET due_at = now()');
    await mailServer.up();
    startMailer();
    await eventually(() => expect(mailServer.received).toHaveLength(1));
    await eventually(async () => expect(await waiting()).toBe(0));
  });

  it('after the mail server accepted a mail causes a second copy with the same id', async () => {
    await mailServer.up();
    mailServer.silent = true;
    await startKilled();
    await eventually(() => expect(mailServer.received).toHaveLength(1));
    child.kill('SIGKILL');
    await once(child, 'exit');
    mailServer.silent = false;
    // In production the minute of the lease passes.
    await pool.query('UPDATE mail_queue SET due_at = now()');
    startMailer();
    await eventually(() => expect(mailServer.received).toHaveLength(2));
    const ids = mailServer.received.map(({ messageId }) => messageId);
    expect(ids[0]).toBe(ids[1]);
    await eventually(async () => expect(await waiting()).toBe(0));
  });
});
