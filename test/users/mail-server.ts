import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived, with headers and both bodies. */
export interface Mail {
  to: string;
  subject: string;
  /** The text part, decoded. */
  text: string;
}

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** A real mail server that keeps the received mails. */
export class MailServer {
  readonly mails: Mail[] = [];
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, { envelope }, done) => {
      void text(stream).then((source) => {
        this.mails.push(read(source, envelope.rcptTo[0]!.address));
        done();
      });
    },
  });

  static async start(): Promise<MailServer> {
    const mailServer = new MailServer();
    const listening = mailServer.server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    mailServer.url = `smtp://127.0.0.1:${(listening.address() as { port: number }).port}`;
    return mailServer;
  }

  url = '';

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  /** The newest mail of that kind. Waits for it. */
  async mailTo(to: string, subject: string): Promise<Mail> {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const found = this.mails.findLast((mail) => mail.to === to && mail.subject === subject);
      if (found) return found;
      await pause(LOOK_EVERY_MS);
    }
    throw new Error(`no mail "${subject}" for ${to}: ${JSON.stringify(this.mails)}`);
  }

  /** The URL in that mail. */
  async linkTo(to: string, subject: string): Promise<string> {
    return /https?:\/\/\S+/.exec((await this.mailTo(to, subject)).text)![0];
  }

  forget(): void {
    this.mails.length = 0;
  }
}

/** The part of RFC 2045 that the product's mails need: a text part, quoted-printable or plain. */
function read(source: string, to: string): Mail {
  const subject = /^Subject: (.*(?:\r\n[ \t].*)*)/m.exec(source)![1]!.replaceAll(/\r\n[ \t]/g, ' ');
  const [, head, body] = /(Content-Type: text\/plain[^]*?)\r\n\r\n([^]*?)\r\n--/.exec(source)!;
  const isQuoted = /quoted-printable/i.test(head!);
  return { to, subject, text: isQuoted ? unquote(body!) : body! };
}

function unquote(body: string): string {
  return body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([\dA-F]{2})/g, (_match, code: string) =>
      String.fromCharCode(parseInt(code, 16)),
    );
}
