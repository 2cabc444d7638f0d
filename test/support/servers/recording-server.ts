import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** A request that reached the server. */
export interface RecordedRequest {
  method: string;
  url: string;
  /** By lower-case name, every value that was sent. */
  headers: Record<string, string[] | undefined>;
  /** The received part of the body. */
  body: string;
  /** Whether the other side disconnected before the response was complete. */
  abandoned: boolean;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Replaces the auth server, so that a test sees the requests of the API. */
export class RecordingServer {
  readonly requests: RecordedRequest[] = [];
  /** The response to the next requests. */
  answer: Answer = answerEmpty;
  private readonly server = createServer((request, response) => this.record(request, response));

  static async start(): Promise<RecordingServer> {
    const recorder = new RecordingServer();
    recorder.server.keepAliveTimeout = 75_000;
    recorder.server.listen(0, '127.0.0.1');
    await once(recorder.server, 'listening');
    return recorder;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Open connections. Like the auth server, this server closes no idle one for 75 s. */
  countConnections(): Promise<number> {
    return promisify(this.server.getConnections.bind(this.server))();
  }

  reset(): void {
    this.requests.length = 0;
    this.answer = answerEmpty;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private record(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headersDistinct: headers } = request;
    // The API's own requests, without a client.
    if (url === '/api/auth/jwks')
      return void response.writeHead(503, { connection: 'close' }).end();
    const recorded: RecordedRequest = { method, url, headers, body: '', abandoned: false };
    this.requests.push(recorded);
    request.on('data', (chunk: Buffer) => (recorded.body += chunk.toString()));
    request.on('error', () => {});
    response.on('close', () => (recorded.abandoned = !response.writableFinished));
    this.answer(request, response);
  }
}

function answerEmpty(request: IncomingMessage, response: ServerResponse): void {
  request.on('end', () => response.end('{}'));
}
