import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json, text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type Processes, startProcesses } from './processes';
import { Caller } from '../support/caller';
import { obtainServiceAccountToken } from '../support/client/oauth-tokens';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { changeDuring, HOLD_UP, HOLD_UP_SESSIONS } from '../support/servers/held-up-session';

const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

/** With texts of this length, the export is larger than what the sockets of a connection hold. */
const EVENTS = 6_000;
const EVENT_TEXT = 3_000;

let database: TestDatabase;
let processes: Processes;
/** Holds sign-ins up, and reads what they have written. */
let sql: Client;
/** Keeps connections, so that a response has `Connection: close` only if the server wants it. */
let agent: Agent;
let accessToken: string;
let poll: { token: string; path: string };

beforeAll(async () => {
  agent = new Agent({ keepAlive: true });
  database = await createTestDatabase();
  processes = await startProcesses(database.url, {
    SHUTDOWN_DELAY: '500ms',
    // One sign-in of an account at a time: the next one waits for its place.
    DATABASE_POOL_MAX: '2',
  });
  sql = new Client(database.url);
  await sql.connect();
  const { body } = await new Caller(processes.api.url).post('/api/v1/auth/sign-in', ADMINISTRATOR);
  accessToken = String(body.accessToken);
  poll = await createPolledStream();
  await sql.query(
    `INSERT INTO audit_event (action, actor_type, actor_id, subject_type, subject_id, detail)
     SELECT 'user.signed_in', 'user', id, 'user', id, jsonb_build_object('text', repeat('x', $1::int))
       FROM "user", generate_series(1, $2)`,
    [EVENT_TEXT, EVENTS],
  );
  await sql.query(HOLD_UP);
  await sql.query(HOLD_UP_SESSIONS);
});

afterAll(async () => {
  agent.destroy();
  await Promise.all([processes.api.crash(), processes.auth.crash()]);
  await sql.end();
  await database.drop();
});

/** A stream of security events that its receiver polls. */
async function createPolledStream(): Promise<typeof poll> {
  const { api, auth } = processes;
  const created = await new Caller(api.url, accessToken).post('/api/v1/admin/clients', {
    type: 'machine',
    name: 'A receiver',
    scopes: ['ssf:manage'],
  });
  const { clientId, clientSecret } = created.body as { clientId: string; clientSecret: string };
  const issued = await obtainServiceAccountToken(auth.url, { clientId, clientSecret });
  const token = issued.access_token;
  const stream = await new Caller(auth.url, token).post('/api/auth/ssf/stream', {});
  return { token, path: `/api/auth/ssf/poll/${String(stream.body.stream_id)}` };
}

interface Sending {
  token?: string;
  accept?: string;
  body?: object;
}

/** Sends a request; its response is not read. */
async function open(url: string, { token, accept, body }: Sending = {}): Promise<IncomingMessage> {
  const outgoing = request(url, {
    agent,
    method: body ? 'POST' : 'GET',
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(accept && { accept }),
      ...(body && { 'content-type': 'application/json' }),
    },
  });
  outgoing.end(body && JSON.stringify(body));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response.pause();
}

async function send(url: string, sending?: Sending) {
  const response = await open(url, sending);
  const { statusCode: status, headers } = response;
  return { status, connection: headers.connection, body: await json(response) };
}

function countSessions(): Promise<number> {
  return sql.query('SELECT FROM session').then(({ rowCount }) => rowCount!);
}

/** `null`: the connection was refused, or closed before the answer. */
async function findStatus(url: string): Promise<number | null> {
  const answer = await send(url).catch(() => null);
  return answer?.status ?? null;
}

/** Until the process has begun to stop. */
async function untilNotReady(url: string): Promise<void> {
  while ((await findStatus(`${url}/health/ready`)) === 200) await pause(20);
}

/** Until the process accepts no more connections. */
async function untilRefused(url: string): Promise<void> {
  while ((await findStatus(`${url}/health/live`)) !== null) await pause(20);
}

const SIGNED_IN = { status: 200, connection: 'close' };

it('the API completes a sign-in and an export before it ends', async () => {
  const { api } = processes;
  const before = await countSessions();
  const exported = await open(`${api.url}/api/v1/users/me/export`, { token: accessToken });
  const accept = 'text/event-stream';
  const events = await open(`${api.url}/api/v1/access-events`, { token: accessToken, accept });
  let stopped: Promise<number | null> | undefined;
  const signedIn = await changeDuring({
    holder: sql,
    request: () =>
      Promise.all([
        send(`${api.url}/api/v1/auth/sign-in`, { body: ADMINISTRATOR }),
        send(`${api.url}/api/auth/sign-in/email`, { body: ADMINISTRATOR }),
      ]),
    change: async () => {
      stopped = api.stop();
      await untilNotReady(api.url);
    },
  });
  expect(signedIn).toMatchObject([
    {
      ...SIGNED_IN,
      body: { accessToken: expect.any(String), user: { email: ADMINISTRATOR.email } },
    },
    { ...SIGNED_IN, body: { user: { email: ADMINISTRATOR.email } } },
  ]);
  expect(await countSessions()).toBe(before + 2);
  // The end of the stream is not the end of the connection.
  expect(await text(events)).toContain('event: current');
  expect(events.complete).toBe(true);
  await untilRefused(api.url);
  const { auditEvents } = (await json(exported)) as { auditEvents: object[] };
  expect(auditEvents.length).toBeGreaterThan(EVENTS);
  expect(await stopped).toBe(0);
});

it('the auth server completes sign-ins and a poll before it ends', async () => {
  const { auth } = processes;
  const before = await countSessions();
  const polled = send(auth.url + poll.path, { token: poll.token, body: {} });
  let stopped: Promise<number | null> | undefined;
  const signedIn = await changeDuring({
    holder: sql,
    request: () =>
      Promise.all(
        [1, 2].map(() => send(`${auth.url}/api/auth/sign-in/email`, { body: ADMINISTRATOR })),
      ),
    change: async () => {
      stopped = auth.stop();
      await untilNotReady(auth.url);
    },
  });
  expect(signedIn).toMatchObject([SIGNED_IN, SIGNED_IN]);
  expect(await countSessions()).toBe(before + 2);
  expect(await polled).toMatchObject({ status: 200, connection: 'close', body: { sets: {} } });
  expect(await stopped).toBe(0);
});
