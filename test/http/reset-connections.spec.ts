import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';
import { PASSWORD } from '../support/system';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';

/** The address of the client, not of the API, which calls from 127.0.0.1. */
const CLIENT = '127.0.0.3';
const PROXY = '127.0.0.9';

interface Outgoing {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

function toBytes({ method, path, headers = {}, body = '' }: Outgoing): string {
  const lines = Object.entries({ host: 'localhost', 'content-length': body.length, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`;
}

/**
 * Sends each request on a connection that the client resets before the server accepts it: the
 * servers of this process wait for the other process.
 */
function sendAndResetBeforeAccept(url: string, requests: string[]): void {
  const client = `
    const [port, ...requests] = process.argv.slice(1);
    for (const bytes of requests) {
      const socket = require('node:net').connect(port, '127.0.0.1');
      socket.write(bytes, () => socket.resetAndDestroy());
    }`;
  execFileSync(process.execPath, ['-e', client, new URL(url).port, ...requests]);
}

/**
 * Sends a request on a connection that has served one, and resets the connection before the server
 * reads: it is in the same process.
 */
async function sendAndReset(url: string, bytes: string, from: string): Promise<void> {
  const socket = connect({
    port: Number(new URL(url).port),
    host: '127.0.0.1',
    localAddress: from,
  });
  socket.write(toBytes({ method: 'GET', path: '/health/live' }));
  await once(socket, 'data');
  socket.write(bytes);
  socket.resetAndDestroy();
}

const askForReset = (email: string) =>
  toBytes({
    method: 'POST',
    path: '/api/auth/request-password-reset',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  });

describe('a connection that is reset before it is accepted', () => {
  let server: InProcessAuthServer;

  beforeAll(async () => {
    server = await startInProcess({ RATE_LIMITS: 'on' });
  });
  afterAll(() => server.stop());

  it('causes no mail, because no limit would apply', async () => {
    const emails = Array.from({ length: 30 }, (_, index) => `user-${index}@example.com`);
    await server.sql.query(
      `INSERT INTO "user" (id, name, email, email_verified)
       SELECT gen_random_uuid(), 'A Person', unnest($1::text[]), true`,
      [[...emails, 'last@example.com']],
    );
    sendAndResetBeforeAccept(server.url, emails.map(askForReset));
    const body = { email: 'last@example.com' };
    await server.post('/api/auth/request-password-reset', body).expect(200);
    await eventually(async () => expect(await recipients()).toContain('last@example.com'));
    expect(await recipients()).toEqual(['last@example.com']);
  });

  async function recipients(): Promise<string[]> {
    const { body } = await server.get('/dev/mailbox', { accept: 'application/json' });
    return (body as { items: { to: string }[] }).items.map(({ to }) => to);
  }
});

describe('the audit event of a request whose connection is reset', () => {
  let system: InProcessSystem;

  beforeAll(async () => {
    system = await InProcessSystem.start({ env: { TRUST_PROXY: PROXY } });
  });
  afterAll(() => system.stop());

  const WAYS = [
    ['directly', CLIENT, {}, CLIENT],
    ['through a proxy', PROXY, { 'x-forwarded-for': '198.51.100.7' }, '198.51.100.7'],
  ] as const;

  it.each(WAYS)('names the client of the API, %s', async (_way, from, headers, address) => {
    const { id, email, accessToken } = await system.asUser();
    await system.signIn({ email, password: PASSWORD });
    const bytes = toBytes({
      method: 'DELETE',
      path: '/api/v1/users/me/sessions',
      headers: { ...headers, authorization: `Bearer ${accessToken}` },
    });
    await sendAndReset(system.apiUrl, bytes, from);
    expect(await addressOf('session.others_revoked', id)).toBe(address);
  });

  it.each(WAYS)('names the client of the pass-through, %s', async (_w, from, headers, address) => {
    const { id, refreshToken } = await system.asUser();
    const bytes = toBytes({
      method: 'POST',
      path: '/api/auth/sign-out',
      headers: { ...headers, authorization: `Bearer ${refreshToken}` },
    });
    await sendAndReset(system.apiUrl, bytes, from);
    expect(await addressOf('user.signed_out', id)).toBe(address);
  });

  async function addressOf(action: string, user: string): Promise<string | null> {
    let address: string | null = null;
    await eventually(async () => {
      const [event] = await system.query<{ ip_address: string | null }>(
        'SELECT ip_address FROM audit_event WHERE action = $1 AND actor_id = $2',
        [action, user],
      );
      address = event!.ip_address;
    });
    return address;
  }
});
