import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { reservePorts } from '../support/ports';
import { authSettings, INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { ServerProcess } from '../operations/processes';
import { toEnvironment } from '../support/processes/replica-process';
import { settingsAs } from '../support/servers/database-logins';
import { TcpProxy } from '../support/servers/tcp-proxy';

const PASSWORD = 'a password of a user';
const EMAIL = 'victim@example.com';
const HOME = '198.51.100.1';

/** A statement takes this much longer, in each direction: the work of a host does not decide. */
const DELAY_MS = 15;

/** With all requests in one queue for the connection, a statement of another one waits for all these. */
const REQUESTS = 150;

let database: TestDatabase;
let link: TcpProxy;
let server: ServerProcess;
let session: string;
/** A provider that accepts connections and never responds. */
let silent: Server;
let firstCall: Promise<Socket[]>;

beforeAll(async () => {
  database = await createTestDatabase();
  link = await TcpProxy.before(database.url);
  const [port] = await reservePorts(1);
  const url = `http://localhost:${port}`;
  silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  firstCall = once(silent, 'connection') as Promise<Socket[]>;
  const env = { AUTH_PORT: String(port) };
  const settings = settingsAs('authServer', authSettings(database.url, env));
  const databaseUrl = link.via(settings.databaseUrl);
  server = await ServerProcess.start('auth-server/main.ts', {
    url,
    env: {
      ...toEnvironment({ ...settings, databaseUrl, databaseDirectUrl: databaseUrl }),
      OIDC_ISSUER: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      OIDC_CLIENT_ID: 'a client',
      OIDC_CLIENT_SECRET: 'the secret of the client',
      RATE_LIMITS: 'off',
      DATABASE_POOL_MAX: '1',
    },
  });
  const body = { email: EMAIL, password: PASSWORD, name: 'A Person' };
  const signedUp = await call('/sign-up/email', { body });
  ({ token: session } = (await signedUp.json()) as { token: string });
  link.delay(DELAY_MS);
});

afterAll(async () => {
  await server.stop();
  await link.cut();
  await database.drop();
  silent.close();
});

interface Call {
  /** IP address of the caller. */
  from?: string;
  token?: string;
  body?: object;
}

function call(path: string, { from = HOME, token, body }: Call = {}): Promise<Response> {
  return fetch(`${server.url}/api/auth${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      'x-gatehouse-client-address': from,
      'x-gatehouse-internal-key': INTERNAL_SECRET,
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: body && JSON.stringify(body),
  });
}

const FLOODS: [name: string, path: string, by: (index: number) => Call][] = [
  ['one session', '/token', () => ({ from: '203.0.113.1', token: session })],
  ['made-up sessions', '/get-session', (index) => ({ from: '203.0.113.1', token: `t${index}` })],
  ['callbacks of a provider', '/callback/google?code=c&state=s', () => ({ from: '203.0.113.1' })],
  [
    'passkeys, from four networks',
    '/passkey/generate-authenticate-options',
    (index) => ({ from: `203.0.${index % 4}.1` }),
  ],
];

it.each(FLOODS)('many requests at once do not delay others: %s', async (_name, path, by) => {
  const flood = { isOver: false };
  const strangers = Array.from({ length: REQUESTS }, async (_, index) => {
    // A connection can end before its answer.
    while (!flood.isOver) await call(path, by(index)).then((response) => response.text(), String);
  });
  const statuses: number[] = [];
  try {
    for (let round = 0; round < 3; round += 1) {
      statuses.push((await call('/token', { token: session })).status);
      const body = { email: EMAIL, password: PASSWORD };
      statuses.push((await call('/sign-in/email', { body })).status);
    }
  } finally {
    flood.isOver = true;
    await Promise.all(strangers);
  }
  // Without turns, none is 200. A busy host can delay single ones by more than a request waits.
  const succeeded = statuses.filter((status) => status === 200);
  expect(succeeded.length).toBeGreaterThan(3);
});

it('a call to a provider that does not answer ends with the time of a request', async () => {
  const [socket] = await firstCall;
  // Node.js ends it after 300 s.
  if (!socket!.destroyed) await once(socket!, 'close');
  expect(socket!.destroyed).toBe(true);
});
