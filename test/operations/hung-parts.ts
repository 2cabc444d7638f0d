import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Client } from 'pg';
import { type Processes, startProcesses } from './processes';
import { createDatabaseClient } from '../../runtime/database/database-client';
import { Caller } from '../support/caller';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { TcpProxy } from '../support/servers/tcp-proxy';

const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

/** Accepts connections and never answers. */
class SilentServer {
  readonly connections = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SilentServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const silent = new SilentServer(server);
    server.on('connection', (socket) => {
      silent.connections.add(socket.on('error', () => {}));
    });
    return silent;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    for (const socket of this.connections) socket.destroy();
  }
}

/**
 * Both processes in the middle of work with a mail server and a receiver of security events that do
 * not answer, and with a reader of access events that does not read.
 */
export class HungParts {
  private readonly sockets: Socket[] = [];
  private accessToken = '';

  private constructor(
    readonly processes: Processes,
    /** To the database that falls silent. */
    readonly connection: Client,
    private readonly parts: {
      database: TestDatabase;
      proxy: TcpProxy;
      mailServer: SilentServer;
      receiver: SilentServer;
    },
  ) {}

  static async start(): Promise<HungParts> {
    const database = await createTestDatabase();
    const proxy = await TcpProxy.before(database.url);
    const [mailServer, receiver] = [await SilentServer.start(), await SilentServer.start()];
    const connectionString = proxy.via(database.url);
    const processes = await startProcesses(connectionString, {
      SMTP_URL: `smtp://${mailServer.host}`,
      STREAM_DESTINATIONS: 'any',
    });
    const connection = createDatabaseClient({ connectionString, connectionTimeoutMillis: 500 });
    await connection.connect();
    const hung = new HungParts(processes, connection, { database, proxy, mailServer, receiver });
    await hung.begin();
    return hung;
  }

  /** The database does not answer from now on, and each process has requests that wait for it. */
  async loseDatabase(): Promise<void> {
    this.parts.proxy.blackHole();
    const { api, auth } = this.processes;
    const body = JSON.stringify(ADMINISTRATOR);
    const head = `Host: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const signIn = (path: string) => `POST ${path} HTTP/1.1\r\n${head}\r\n\r\n${body}`;
    await this.write(api.url, signIn('/api/v1/auth/sign-in'));
    await this.write(auth.url, signIn('/api/auth/sign-in/email'));
    await this.write(api.url, this.get('/api/v1/admin/users'));
  }

  async stop(): Promise<void> {
    const { database, proxy, mailServer, receiver } = this.parts;
    for (const socket of this.sockets) socket.destroy();
    await proxy.restore();
    await Promise.all([this.processes.api.crash(), this.processes.auth.crash()]);
    await proxy.cut();
    mailServer.stop();
    receiver.stop();
    await database.drop();
  }

  private get(path: string, headers = ''): string {
    return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${this.accessToken}\r\n${headers}\r\n`;
  }

  private async begin(): Promise<void> {
    const { api, auth } = this.processes;
    const { mailServer, receiver } = this.parts;
    const signedIn = await new Caller(api.url).post('/api/v1/auth/sign-in', ADMINISTRATOR);
    this.accessToken = String(signedIn.body.accessToken);
    const admin = new Caller(api.url, this.accessToken);
    const client = await admin.post('/api/v1/admin/clients', {
      type: 'machine',
      name: 'A receiver',
      scopes: ['ssf:manage'],
    });
    const { clientId, clientSecret } = client.body as Record<string, string>;
    const token = await tokenOf(auth.url, `${clientId}:${clientSecret}`);
    const delivery = { method: 'urn:ietf:rfc:8935', endpoint_url: `http://${receiver.host}/` };
    const stream = await new Caller(auth.url, token).post('/api/auth/ssf/stream', { delivery });
    await new Caller(auth.url, token).post('/api/auth/ssf/verify', {
      stream_id: stream.body.stream_id,
    });
    const { email } = ADMINISTRATOR;
    await new Caller(auth.url).post('/api/auth/request-password-reset', { email });
    await this.write(api.url, this.get('/api/v1/access-events', 'Accept: text/event-stream\r\n'));
    await eventually(() => {
      const servers = [mailServer, receiver];
      if (servers.some(({ connections }) => connections.size === 0)) throw new Error('not begun');
    });
  }

  /** Sends a request, and reads nothing of its answer. */
  private async write(url: string, request: string): Promise<void> {
    const socket = connect(Number(new URL(url).port), 'localhost').pause();
    socket.on('error', () => {});
    this.sockets.push(socket);
    await once(socket, 'connect');
    socket.write(request);
  }
}

/** @param credentials id and secret of a client, joined by a colon. */
async function tokenOf(authUrl: string, credentials: string): Promise<string> {
  const response = await fetch(`${authUrl}/api/auth/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ssf:manage' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
