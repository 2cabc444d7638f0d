import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { reservePorts } from '../ports';

type Answer = (response: ServerResponse) => void;

/** Replaces the auth server's key set endpoint, so that a test decides its response. */
export class JwksServer {
  /** Requests that have arrived. */
  fetches = 0;
  /** The response to the next requests. */
  answer: Answer = (response) => response.writeHead(503).end();
  private readonly server: Server;

  private constructor(private readonly port: number) {
    this.server = createServer((request, response) => {
      if (!request.url?.startsWith('/api/auth/jwks')) return void response.writeHead(404).end();
      this.fetches += 1;
      this.answer(response);
    });
  }

  static async start(): Promise<JwksServer> {
    // Nothing else takes the port while the server is stopped.
    const [port] = await reservePorts(1);
    const server = new JwksServer(port!);
    await server.resume();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Responds with these keys, or with other content. */
  publish(keys: unknown): void {
    this.answer = sayJson({ keys });
  }

  /** From now on its port is closed. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  async resume(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }
}

export function sayJson(body: unknown): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}
