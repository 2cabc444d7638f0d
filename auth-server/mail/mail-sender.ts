import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport, type Transporter } from 'nodemailer';
import type { MailQueue, TakenMail } from './mail-queue';
import type { Message } from './link-mails';
import type { MailAttempts } from './mailer.interface';
import { isLoopbackHost } from '../../contract';
import { FaultState, toReason } from '../../runtime/fault-state';
import { endsWithin } from '../../runtime/lifecycle/time-limit';
import type { Logger } from '../../runtime/logger';

/** A server that does not answer in this time is tried again later. */
const SMTP_LIMIT_MS = 10_000;

/** The longest time for one mail, also with a slow server. */
const SEND_LIMIT_MS = 45_000;

/** After this time another process takes the mail of a process that has died. */
const LEASE_MS = 60_000;

/** The number of mails that one process sends in parallel. */
const AT_ONCE = 5;

/** While another process takes the mails that are due, or a transaction holds them. */
const SHORTEST_PAUSE_MS = 200;

/** The interval at which mails of other processes are looked for. */
const LONGEST_PAUSE_MS = 5_000;

/** The pauses between attempts. The last one repeats until the mail expires. */
const PAUSES_MS = [1_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000, 900_000];

/** Asks for no automatic answers (RFC 3834, section 5). */
const AUTO_GENERATED = { 'Auto-Submitted': 'auto-generated' };

/** At the stop, mails in transfer get this time. */
const STOP_LIMIT_MS = 5_000;

export interface MailSenderParts {
  queue: MailQueue;
  logger: Logger;
  smtpUrl: string;
  production: boolean;
  /** The sender's address, with or without a name. */
  from: string;
}

/**
 * Sends each mail of the queue at least once. When a process ends between the acceptance by the
 * server and the deletion from the queue, the mail is sent again with the same `Message-ID`.
 */
export class MailSender {
  readonly attempts: MailAttempts = { sent: 0, delayed: 0, given_up: 0 };
  private readonly transport: Transporter;
  private readonly stopping = new AbortController();
  private finished: Promise<void> | null = null;
  private wakeUp = new AbortController();
  private readonly fault: FaultState;

  constructor(private readonly parts: MailSenderParts) {
    this.fault = new FaultState({
      began: (reason) => parts.logger.warn({ reason }, 'the mail queue is unavailable'),
      ended: () => parts.logger.info('the mail queue is available again'),
    });
    const limits = { connectionTimeout: SMTP_LIMIT_MS, socketTimeout: SMTP_LIMIT_MS };
    this.transport = createTransport({
      requireTLS: needsTls(parts),
      url: parts.smtpUrl,
      greetingTimeout: SMTP_LIMIT_MS,
      ...limits,
    });
    // `sendMail` reports an error too; without a listener, this one would end the process.
    this.transport.on('error', () => {});
  }

  start(): void {
    this.finished = this.run();
  }

  /** Ends the wait of the sender: there is a new mail. */
  wake(): void {
    this.wakeUp.abort();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    if (this.finished) await endsWithin(this.finished, STOP_LIMIT_MS);
    this.transport.close();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.wakeUp = new AbortController();
      const pause = await this.round();
      await sleep(pause, undefined, { signal: this.wakeUp.signal, ref: false }).catch(() => {});
    }
  }

  /** @returns milliseconds until the next look at the queue. */
  private async round(): Promise<number> {
    try {
      const mails = await this.parts.queue.take(AT_ONCE, LEASE_MS);
      await Promise.all(mails.map((mail) => this.deliver(mail)));
      this.fault.end();
      if (mails.length > 0) return 0;
      const { nextMs } = await this.parts.queue.state();
      return Math.min(Math.max(nextMs ?? LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    } catch (error) {
      this.fault.begin(error);
      return LONGEST_PAUSE_MS;
    }
  }

  private async deliver(mail: TakenMail): Promise<void> {
    const { message } = mail;
    if (mail.isExpired) return this.giveUp(mail, 'expired');
    // An auth server with other settings may know the secret.
    if (!message) return this.delay(mail, 'sealed with another BETTER_AUTH_SECRET');
    try {
      await this.send(mail.id, message);
    } catch (error) {
      if (isRefusedForGood(error)) return this.giveUp(mail, toLoggedReason(error));
      return this.delay(mail, toLoggedReason(error));
    }
    this.attempts.sent += 1;
    return this.parts.queue.remove(mail);
  }

  private async delay(mail: TakenMail, reason: string): Promise<void> {
    const { id, attempts, message } = mail;
    const details = { id, subject: message?.subject, attempts, reason };
    this.parts.logger.warn(details, 'mail not sent yet');
    this.attempts.delayed += 1;
    await this.parts.queue.postpone(mail, PAUSES_MS[attempts - 1] ?? PAUSES_MS.at(-1)!);
  }

  private async send(id: string, { to, subject, text, html }: Message): Promise<void> {
    const { from } = this.parts;
    const domain = /@([^\s<>@]+)>?$/.exec(from)![1];
    const messageId = `<${id}@${domain}>`;
    const limit = AbortSignal.timeout(SEND_LIMIT_MS);
    await Promise.race([
      this.transport.sendMail({
        from,
        to,
        subject,
        text,
        html,
        messageId,
        headers: AUTO_GENERATED,
      }),
      new Promise<never>((_resolve, reject) => {
        limit.addEventListener('abort', () => reject(new Error('the server is too slow')));
      }),
    ]);
  }

  private async giveUp(mail: TakenMail, reason: string): Promise<void> {
    const { id, attempts, message } = mail;
    this.parts.logger.error({ id, subject: message?.subject, attempts, reason }, 'mail given up');
    this.attempts.given_up += 1;
    await this.parts.queue.remove(mail);
  }
}

/**
 * Without this, an attacker in the network who removes STARTTLS from the answer of the server reads
 * the password of `SMTP_URL` and links that set a password. A parameter of the URL has precedence.
 */
function needsTls({ smtpUrl, production }: MailSenderParts): boolean {
  const { hostname, searchParams } = new URL(smtpUrl);
  return production && !isLoopbackHost(hostname) && !searchParams.has('ignoreTLS');
}

/** A refusal of these commands concerns one mail. `MAIL FROM` is the same for all mails. */
const OF_THE_MAIL = new Set(['RCPT TO', 'DATA']);

/** The server demands authentication: a fault of `SMTP_URL`, not of the mail (RFC 4954). */
const SIGN_IN_REPLIES = new Set([530, 534, 535, 538]);

/** RFC 5321, section 4.2.1: after a reply 5yz the same command fails again. */
function isRefusedForGood(error: unknown): boolean {
  const { command = '', responseCode = 0 } = error as { command?: string; responseCode?: number };
  return OF_THE_MAIL.has(command) && responseCode >= 500 && !SIGN_IN_REPLIES.has(responseCode);
}

/** The text of the server is not logged: it repeats addresses. */
function toLoggedReason(error: unknown): string {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  if (code === 'ETLS') return 'no TLS with the server';
  if (responseCode !== undefined) return `the server answers ${responseCode}`;
  if (code !== undefined) return code;
  return toReason(error);
}
