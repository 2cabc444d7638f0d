import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { Client } from 'pg';
import { readMails } from '../support/client/mailbox';
import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';
import { changeDuring, HOLD_UP, HOLD_UP_SESSIONS } from '../support/servers/held-up-session';
import { PASSWORD } from '../support/system';

const SIGN_IN = '/api/auth/sign-in/email';
/** The API ends no call before this time, unless its client leaves. */
const CALL_LIMIT_MS = 3_500;

const log: string[] = [];
let system: InProcessSystem;
let holder: Client;
/** The paths of the requests that the auth server has received. */
let received: string[] = [];

const note = (message: unknown) => {
  const { url, socket } = (message as { request: IncomingMessage }).request;
  if (String(socket.localPort) === new URL(system.settings.authUrl).port) received.push(url!);
};

beforeAll(async () => {
  // One request with a password of an account at a time: the next one waits for its place.
  const env = { RATE_LIMITS: 'off', DATABASE_POOL_MAX: '2' };
  system = await InProcessSystem.start({ env, log });
  holder = new Client(system.database.url);
  await holder.connect();
  await system.query(HOLD_UP);
  await system.query(HOLD_UP_SESSIONS);
  await system.query(
    `CREATE TRIGGER a_hold_up BEFORE INSERT ON "user" FOR EACH ROW EXECUTE FUNCTION hold_up()`,
  );
  subscribe('http.server.request.start', note);
});

beforeEach(() => {
  received = [];
  log.length = 0;
});

/** Of a test that has failed in a transaction. */
afterEach(() => holder.query('ROLLBACK'));

afterAll(async () => {
  unsubscribe('http.server.request.start', note);
  await holder.end();
  await system.stop();
});

/** Sends a request to the API, on a connection of its own. */
function begin(
  path: string,
  body: object,
  headers: Record<string, string> = {},
  method = 'POST',
): ClientRequest {
  const outgoing = request(system.apiUrl + path, {
    agent: false,
    method,
    headers: { 'content-type': 'application/json', ...headers },
  });
  outgoing.on('error', () => {}).end(JSON.stringify(body));
  return outgoing;
}

/** Leaves when the auth server has received the call. */
async function leave(outgoing: ClientRequest): Promise<void> {
  await eventually(() => expect(received).toContain(SIGN_IN));
  outgoing.destroy();
}

interface Line {
  process: 'api' | 'auth';
  msg: string;
  path: string;
  status: number | null;
  ms: number;
}

/** Until the server has noticed that nothing reads the answer. @returns after how many milliseconds. */
async function untilNoticed(process: Line['process'], path: string): Promise<number> {
  let found: Line | undefined;
  await eventually(() => {
    found = log
      .map((text) => JSON.parse(text) as Line)
      .find((line) => line.process === process && line.msg === 'request' && line.path === path);
    expect(found).toMatchObject({ status: null });
  });
  return found!.ms;
}

describe('a sign-in that waits for its place in the auth server, when its client leaves', () => {
  it.each(['/api/v1/auth/sign-in', SIGN_IN])('is not done: %s', async (path) => {
    const { id, email } = await system.asUser();
    const body = { email, password: PASSWORD };
    const first = await changeDuring({
      holder,
      request: () => system.asAnonymous().at(system.settings.authUrl).post(SIGN_IN, body),
      change: async () => {
        [received, log.length] = [[], 0];
        await leave(begin(path, body));
        expect(await untilNoticed('auth', SIGN_IN)).toBeLessThan(CALL_LIMIT_MS);
      },
    });
    expect(first.status).toBe(200);
    // Of the sign-up, and of the first sign-in.
    const sessions = await system.query('SELECT FROM session WHERE user_id = $1', [id]);
    expect(sessions).toHaveLength(2);
  });
});

/** Sends a request and closes the connection at once, as a browser does that leaves the page. */
function sendAndLeave(
  base: string,
  path: string,
  { bearer, body }: { bearer: string; body?: object },
) {
  const url = new URL(base);
  const text = body ? JSON.stringify(body) : '';
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${url.host}`,
    `authorization: Bearer ${bearer}`,
    ...(body ? ['content-type: application/json'] : []),
    `content-length: ${text.length}`,
  ];
  connect(Number(url.port), url.hostname)
    .end(`${lines.join('\r\n')}\r\n\r\n${text}`)
    .resume();
}

it.each(['the API', 'the auth server'])(
  'a sign-out is done when its client leaves at once: %s',
  async (process) => {
    const { id, refreshToken: bearer } = await system.asUser();
    const base = process === 'the API' ? system.apiUrl : system.settings.authUrl;
    sendAndLeave(base, '/api/auth/sign-out', { bearer });
    await eventually(async () => {
      expect(await system.query('SELECT FROM session WHERE user_id = $1', [id])).toEqual([]);
    });
  },
);

describe('a request to /api/auth that takes access away, when its client leaves at once', () => {
  it.each([
    ['set-role', { role: 'user' }],
    ['ban-user', {}],
    ['update-user', { data: { banned: true } }],
  ])('is done: %s', async (endpoint, change) => {
    const { id } = await system.asNewAdmin();
    const { refreshToken: bearer } = await system.asAdmin();
    const body = { userId: id, ...change };
    sendAndLeave(system.apiUrl, `/api/auth/admin/${endpoint}`, { bearer, body });
    await eventually(async () => {
      const sql = `SELECT role = 'admin' AND banned IS NOT TRUE AS "hasAccess" FROM "user" WHERE id = $1`;
      expect(await system.query(sql, [id])).toEqual([{ hasAccess: false }]);
    });
  });

  it('is done: change-password, with the other sessions', async () => {
    const { id, email, refreshToken: bearer } = await system.asUser();
    await system.signIn({ email, password: PASSWORD });
    const body = {
      currentPassword: PASSWORD,
      newPassword: `new ${PASSWORD}`,
      revokeOtherSessions: true,
    };
    sendAndLeave(system.apiUrl, '/api/auth/change-password', { bearer, body });
    await eventually(async () => {
      const sql = 'SELECT count(*)::int FROM session WHERE user_id = $1';
      expect(await system.query(sql, [id])).toEqual([{ count: 1 }]);
    });
  });
});

describe('a change by an administrator whose client leaves', () => {
  it('is told to the owner of the account', async () => {
    const { id, email } = await system.asUser();
    const { accessToken } = await system.asAdmin();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM "user" WHERE id = $1 FOR UPDATE', [id]);
    const path = `/api/v1/admin/users/${id}`;
    const headers = { authorization: `Bearer ${accessToken}` };
    const outgoing = begin(path, { email: 'other@example.com' }, headers, 'PATCH');
    await eventually(async () => {
      const waiting = await system.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(waiting).toHaveLength(1);
    });
    outgoing.destroy();
    await untilNoticed('api', path);
    await holder.query('COMMIT');
    await eventually(async () => {
      const subjects = (await readMails(system, email)).map(({ subject }) => subject);
      expect(subjects).toContain('Your e-mail address was changed');
    });
  });
});

describe('a request with an Idempotency-Key, when its client leaves', () => {
  it('is done, and a repeat gets the response', async () => {
    const { caller, accessToken } = await system.asAdmin();
    const path = '/api/v1/admin/users';
    const body = { email: 'new@example.com', name: 'New', password: PASSWORD };
    const headers = { authorization: `Bearer ${accessToken}`, 'idempotency-key': 'left' };
    let outgoing: ClientRequest | undefined;
    await changeDuring({
      holder,
      request: async () => void (outgoing = begin(path, body, headers)),
      change: async () => {
        outgoing!.destroy();
        await untilNoticed('api', path);
      },
    });
    await eventually(async () => {
      const repeated = await caller.post(path, body, headers);
      expect(repeated).toMatchObject({ status: 201, body: { email: body.email } });
      expect(repeated.headers.get('idempotency-replayed')).toBe('true');
    });
  });
});
