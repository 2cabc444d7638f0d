import type request from 'supertest';
import { PASSWORD, type RunningAuthServer, toRunning } from '../support/auth-server/harness';
import { authSettings } from '../support/auth-server/auth-settings';
import { createTestDatabase } from '../support/database';
import { reservePorts } from '../support/ports';
import { startHosted } from '../support/processes/system-host';
import { PostgresWire } from '../support/servers/postgres-wire';
import { enrol, ORIGIN, takeFirstStep, takeSecondStep } from '../second-factor/second-step';

let broken: Broken;
let server: RunningAuthServer;
let wire: PostgresWire;
let administrator: Record<string, string>;
let count = 0;

beforeAll(async () => {
  broken = await startBehindWire({ RATE_LIMITS: 'off' });
  ({ server, wire } = broken);
  administrator = (await server.signInAdmin()).bearer;
});

afterAll(() => broken.stop());

interface Broken {
  server: RunningAuthServer;
  wire: PostgresWire;
  stop(): Promise<void>;
}

async function startBehindWire(env: NodeJS.ProcessEnv): Promise<Broken> {
  const database = await createTestDatabase();
  const proxy = await PostgresWire.before(database.url);
  const [port] = await reservePorts(1);
  // Nothing listens there: mails stay in the queue.
  const variables = { SMTP_URL: 'smtp://127.0.0.1:1', ...env };
  const settings = authSettings(proxy.via(database.url), variables);
  const hosted = await startHosted('auth', { settings, port: port! });
  const url = `http://127.0.0.1:${port}`;
  const running = toRunning({ server: hosted, url, database });
  const stop = async () => {
    await running.stop();
    await proxy.close();
  };
  return { server: running, wire: proxy, stop };
}

const newEmail = () => `user-${(count += 1)}@example.com`;

const countRows = async (table: string, condition = 'true', values: unknown[] = []) => {
  const sql = `SELECT count(*)::int AS n FROM ${table} WHERE ${condition}`;
  return (await server.sql.query<{ n: number }>(sql, values)).rows[0]!.n;
};

const countSessions = (userId: string) => countRows('session', 'user_id = $1', [userId]);

/** A request, and whether the effect of a success is complete. */
interface Attempt {
  send(): request.Test;
  isDone(answer: request.Response): boolean | Promise<boolean>;
}

const ATTEMPTS: Record<string, () => Promise<Attempt>> = {
  'a sign-out': async () => {
    const { userId, bearer } = await server.signUp(newEmail());
    return {
      send: () => server.post('/api/auth/sign-out', {}, bearer),
      isDone: async () => (await countSessions(userId)) === 0,
    };
  },
  'a sign-in that replaces a session': async () => {
    const { userId, cookie } = await server.signUp(newEmail());
    const email = newEmail();
    await server.signUp(email);
    const body = { email, password: PASSWORD };
    return {
      send: () => server.post('/api/auth/sign-in/email', body, { cookie, origin: ORIGIN }),
      isDone: async () => (await countSessions(userId)) === 0,
    };
  },
  'a sign-in with a second factor': async () => {
    const { email, app } = await enrol(server, newEmail());
    const cookies = await takeFirstStep(server, email);
    return {
      send: () => takeSecondStep(server, { cookies, code: app.code(1) }),
      isDone: ({ body }) => typeof body.token === 'string',
    };
  },
  'the removal of a user': async () => {
    const { userId } = await server.signUp(newEmail());
    return {
      send: () => server.post('/api/auth/admin/remove-user', { userId }, administrator),
      isDone: async () => (await countRows('"user"', 'id = $1', [userId])) === 0,
    };
  },
  'a list of users': () =>
    Promise.resolve({
      send: () => server.get('/api/auth/admin/list-users', administrator),
      isDone: ({ body }) => body.users.length > 0 && body.total > 0,
    }),
  'a request for a new password': async () => {
    const email = newEmail();
    await server.signUp(email);
    const before = await countRows('mail_queue');
    return {
      send: () => server.post('/api/auth/request-password-reset', { email }),
      isDone: async () => (await countRows('mail_queue')) === before + 1,
    };
  },
};

it.each(Object.keys(ATTEMPTS))(
  'a broken statement causes 503, or the answer is a success and its effect is complete: %s',
  async (name) => {
    let answers = 0;
    for (let statement = 1; ; statement += 1) {
      const { send, isDone } = await ATTEMPTS[name]!();
      wire.breakAt(statement);
      const answer = await send();
      const hasBroken = wire.endBreak();
      if (answer.status === 503) {
        answers += 1;
        expect(answer.headers['retry-after']).toMatch(/^\d+$/);
        expect(answer.headers['set-cookie']).toBeUndefined();
      } else {
        expect({ statement, status: answer.status }).toEqual({ statement, status: 200 });
        expect({ statement, isDone: await isDone(answer) }).toEqual({ statement, isDone: true });
      }
      if (!hasBroken) break;
    }
    expect(answers).toBeGreaterThan(2);
  },
);

it('after a failed statement, a request changes nothing more', async () => {
  const email = newEmail();
  const { bearer } = await server.signUp(email);
  const body = {
    currentPassword: PASSWORD,
    newPassword: 'another password',
    revokeOtherSessions: true,
  };
  wire.breakAt(1, 'from "session"');
  await server.post('/api/auth/change-password', body, bearer).expect(503);
  expect(wire.endBreak()).toBe(true);
  await server.signIn(email);
  await server.post('/api/auth/change-password', body, bearer).expect(200);
});

it('a counter of a limit that cannot be written does not fail the request', async () => {
  const limited = await startBehindWire({ RATE_LIMITS: 'on' });
  const email = newEmail();
  await limited.server.signUp(email);
  limited.wire.breakAt(1, 'rate_limit');
  const body = { email, password: PASSWORD };
  const answer = await limited.server.post('/api/auth/sign-in/email', body);
  expect(limited.wire.endBreak()).toBe(true);
  expect(answer.status).toBe(200);
  await limited.stop();
});
