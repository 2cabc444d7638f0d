import type { ServerResponse } from 'node:http';
import type { Receiver, SecurityEventToken } from './receiver';
import { nameOf } from './receiver';
import { RecordingServer } from '../support/servers/recording-server';

export const PUSH = 'urn:ietf:rfc:8935';

/** A receiver's endpoint for pushed tokens. */
export class PushTarget {
  /** When each token had arrived, in milliseconds of this process. */
  readonly arrivals: number[] = [];

  private constructor(private readonly server: RecordingServer) {}

  static async start(): Promise<PushTarget> {
    const target = new PushTarget(await RecordingServer.start());
    target.answerWith(202);
    return target;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get url(): string {
    return `${this.server.url}/events`;
  }

  get requests() {
    return this.server.requests;
  }

  /** The answer to the next requests, after the whole request has arrived. */
  answerWith(status: number, body = '', headers: Record<string, string> = {}): void {
    this.server.reset();
    this.arrivals.length = 0;
    this.server.answer = (request, response) => {
      request.on('end', () => {
        this.arrivals.push(performance.now());
        response.writeHead(status, headers).end(body);
      });
    };
  }

  /** Receives requests and answers none of them. */
  keepSilent(): void {
    this.server.reset();
    this.server.answer = (request) => void request.resume();
  }

  /** Keeps the next requests. @returns answers all of them at once. */
  holdAnswers(): (status: number) => void {
    this.server.reset();
    const held: ServerResponse[] = [];
    this.server.answer = (request, response) => {
      request.resume();
      held.push(response);
    };
    return (status) => {
      for (const response of held) response.writeHead(status).end();
    };
  }

  /** Answers the next requests with a text, and keeps the connections open. */
  answerRaw(text: string): void {
    this.server.reset();
    this.server.answer = (request) => void request.resume().socket.write(text);
  }

  /** The events that arrived about a user, in their order. */
  async namesFor(receiver: Receiver, userId: string): Promise<string[]> {
    const tokens = await Promise.all(this.requests.map(({ body }) => receiver.verify(body)));
    return tokens.filter((token) => userOf(token) === userId).map(nameOf);
  }
}

/** The user of a token, also of one about a session. */
function userOf({ sub_id: subject }: SecurityEventToken): unknown {
  return subject.sub ?? (subject.user as { sub?: unknown } | undefined)?.sub;
}
