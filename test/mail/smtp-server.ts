import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { reservePorts } from '../support/ports';

export interface ReceivedMail {
  /** Without angle brackets. */
  messageId: string;
  to: string;
  subject: string;
  /** As received. */
  raw: string;
}

/** A real mail server that can be unavailable, always on the same port. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  /** Attempts to send, accepted or refused. */
  attempts = 0;
  /** Responds to `RCPT TO` with this code. */
  refusal: number | null = null;
  /** Accepts mails but never confirms: the sender cannot know the result. */
  silent = false;
  private server: SMTPServer | null = null;

  private constructor(readonly port: number) {}

  /** A free port. */
  static async away(): Promise<MailServer> {
    const [port] = await reservePorts(1);
    return new MailServer(port!);
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    this.server = new SMTPServer(this.options());
    this.server.on('error', () => {});
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  mailsTo(address: string): ReceivedMail[] {
    return this.received.filter(({ to }) => to === address);
  }

  private options(): SMTPServerOptions {
    return {
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100,
      onRcptTo: (_address, _session, done) => {
        this.attempts += 1;
        if (this.refusal === null) return done();
        done(Object.assign(new Error('<someone@example.com> no'), { responseCode: this.refusal }));
      },
      onData: (stream, _session, done) => {
        void text(stream).then((raw) => {
          this.received.push(parse(raw));
          if (!this.silent) done();
        });
      },
    };
  }
}

function parse(raw: string): ReceivedMail {
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'mi').exec(raw)![1]!.trim();
  return {
    messageId: header('Message-ID').replaceAll(/[<>]/g, ''),
    to: header('To'),
    subject: header('Subject'),
    raw,
  };
}
