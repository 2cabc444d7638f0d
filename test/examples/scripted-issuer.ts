import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SigningKey } from '../support/signing-key';

const AUDIENCE = 'https://orders.example.com';

/** What a test lets an endpoint answer. */
export interface ScriptedAnswer {
  status: number;
  text: string;
}

const OK = (body: object): ScriptedAnswer => ({ status: 200, text: JSON.stringify(body) });

/** In place of Gatehouse: sends the backends the events and answers that a test names. */
export class ScriptedIssuer {
  readonly key = new SigningKey();
  readonly otherKey = new SigningKey({ alg: 'ES256' });
  readonly published = OK({ keys: [this.key.jwk, this.otherKey.jwk] });
  keys = this.published;
  keysDelayMs = 0;
  /** `null`: no answer. */
  introspection: ScriptedAnswer | null = { status: 500, text: '' };
  /** Of `current`, before the clock of the backends. */
  clockBehindMs = 0;
  /** `Last-Event-ID` of each connection. */
  readonly positions: (string | undefined)[] = [];
  /** What a connection gets first. */
  beginning = '';
  private readonly readers = new Set<ServerResponse>();
  private readonly timer = setInterval(() => this.send(this.current()), 200);
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  static async start(): Promise<ScriptedIssuer> {
    const issuer = new ScriptedIssuer();
    await new Promise<void>((resolve) => issuer.server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Settings of a backend. */
  get env(): NodeJS.ProcessEnv {
    return {
      API_URL: this.url,
      JWT_ISSUER: this.url,
      JWT_AUDIENCE: AUDIENCE,
      JWKS_URL: `${this.url}/jwks`,
      TOKEN_URL: `${this.url}/token`,
      INTROSPECTION_URL: `${this.url}/introspect`,
      CLIENT_ID: 'orders',
      CLIENT_SECRET: 'secret',
    };
  }

  claims(changes: object = {}): Record<string, unknown> {
    // Issued after what the events leave in doubt.
    const iat = Math.floor(Date.now() / 1_000) + 10;
    const ids = { sub: 'user', sid: 'session', role: 'user', client_id: 'app' };
    const claims = { iss: this.url, aud: AUDIENCE, ...ids, scope: 'orders:read' };
    return { ...claims, iat, exp: iat + 600, ...changes };
  }

  send(text: string): void {
    for (const reader of this.readers) reader.write(text);
  }

  current(): string {
    const time = new Date(Date.now() - this.clockBehindMs).toISOString();
    return toText('current', { time }, 'position');
  }

  /** Ends the connections of all readers without an end of their responses. */
  cut(): void {
    for (const reader of this.readers) reader.destroy();
    this.readers.clear();
  }

  tell(active: object): void {
    this.introspection = OK(active);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.cut();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const path = new URL(request.url!, this.url).pathname;
    if (path === '/api/v1/access-events') return this.follow(request, response);
    const answers = { '/jwks': this.keys, '/introspect': this.introspection };
    const answer = path === '/token' ? OK({ access_token: 'reader' }) : answers[path as '/jwks'];
    if (answer === null) return;
    const send = () =>
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
    setTimeout(send, path === '/jwks' ? this.keysDelayMs : 0);
  }

  private follow(request: IncomingMessage, response: ServerResponse): void {
    this.positions.push(request.headers['last-event-id'] as string | undefined);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(this.beginning);
    this.readers.add(response);
    response.on('close', () => this.readers.delete(response));
  }
}

/** An event as the API writes it. */
export function toText(kind: string, data: object, id?: string): string {
  const position = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${kind}\ndata: ${JSON.stringify(data)}\n${position}\n`;
}
