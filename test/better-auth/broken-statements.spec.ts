import { setTimeout as sleep } from 'node:timers/promises';
import type request from 'supertest';
import { PASSWORD, type RunningAuthServer, toRunning } from '../support/auth-server/harness';
import { authSettings } from '../support/auth-server/auth-settings';
import { createTestDatabase } from '../support/database';
import { reservePorts } from '../support/ports';
import { startHosted } from '../support/processes/system-host';
import { resetCodeOf } from '../support/reset-code';
import { PostgresWire } from '../support/servers/postgres-wire';
import { AuthenticatorApp } from '../second-factor/authenticator-app';
import { enrol, ORIGIN, takeFirstStep, takeSecondStep } from '../second-factor/second-step';

const ADDED_MAIL = /INSERT INTO mail_queue/;

/** The sender of mails and the job of the receivers run statements at any time. */
const OF_REQUESTS = new RegExp(`${ADDED_MAIL.source}|^(?!.*(mail_queue|FROM event_stream s))`, 's');

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
  await untilQuiet(proxy);
  const url = `http://127.0.0.1:${port}`;
  const running = toRunning({ server: hosted, url, database });
  const stop = async () => {
    await running.stop();
    await proxy.close();
  };
  return { server: running, wire: proxy, stop };
}

/** The jobs of the start have ended. */
async function untilQuiet({ statements }: PostgresWire): Promise<void> {
  let seen: number;
  do {
    seen = statements.length;
    await sleep(300);
  } while (statements.length > seen);
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
      wire.breakAt(statement, OF_REQUESTS);
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

it('a broken statement leads a browser at the callback of a provider to a page', async () => {
  const path = '/api/auth/callback/google?code=c&state=s';
  const pages: string[] = [];
  let isRepeated = false;
  for (let statement = 1; ;) {
    wire.breakAt(statement, OF_REQUESTS);
    const { status, headers } = await server.get(path, { accept: 'text/html' });
    if (!wire.endBreak()) break;
    // A job can have lost its statement, when nothing was wrong: not twice.
    if (headers.location?.endsWith('error=state_mismatch') && !isRepeated) {
      isRepeated = true;
      continue;
    }
    expect(status).toBe(503);
    pages.push(headers['content-type']!);
    statement += 1;
    isRepeated = false;
  }
  expect(new Set(pages)).toEqual(new Set(['text/html; charset=utf-8']));
});

it('after a failed statement, a request changes nothing more', async () => {
  const email = newEmail();
  const { bearer } = await server.signUp(email);
  const body = {
    currentPassword: PASSWORD,
    newPassword: 'another password',
    revokeOtherSessions: true,
  };
  wire.breakAt(1, /from "session"/);
  await server.post('/api/auth/change-password', body, bearer).expect(503);
  expect(wire.endBreak()).toBe(true);
  await server.signIn(email);
  await server.post('/api/auth/change-password', body, bearer).expect(200);
});

it('the first code enables a second factor that signs in, also when it is answered with 503', async () => {
  let failures = 0;
  for (let statement = 1, hasBroken = true; hasBroken; statement += 1) {
    const email = newEmail();
    const { userId, bearer } = await server.signUp(email);
    const begun = await server
      .post('/api/auth/two-factor/enable', { password: PASSWORD }, bearer)
      .expect(200);
    const app = new AuthenticatorApp(begun.body.totpURI as string);
    wire.breakAt(statement, OF_REQUESTS);
    const body = { code: app.code() };
    const { status } = await server.post('/api/auth/two-factor/verify-totp', body, bearer);
    hasBroken = wire.endBreak();
    if (status === 503) failures += 1;
    else expect({ statement, status }).toEqual({ statement, status: 200 });
    if ((await countRows('"user"', 'id = $1 AND two_factor_enabled', [userId])) === 0) continue;
    const cookies = await takeFirstStep(server, email);
    await takeSecondStep(server, { cookies, code: app.code(1) }).expect(200);
  }
  expect(failures).toBeGreaterThan(10);
});

describe('a reset of the password of an account without a proved address', () => {
  let mailing: Broken;

  beforeAll(async () => {
    mailing = await startBehindWire({ RATE_LIMITS: 'off', SMTP_URL: undefined });
  });
  afterAll(() => mailing.stop());

  it('has removed its passkeys and recorded it when it has set the password, also when it is answered with 503', async () => {
    let failures = 0;
    for (let statement = 1, hasBroken = true; hasBroken; statement += 1) {
      const email = newEmail();
      const { userId } = await mailing.server.signUp(email);
      await mailing.server.sql.query(ADD_PASSKEY, [userId]);
      await mailing.server.post('/api/auth/request-password-reset', { email }).expect(200);
      const token = await resetCodeOf(mailing.server.url, email);
      const body = { token, newPassword: 'another password' };
      mailing.wire.breakAt(statement, OF_REQUESTS);
      const { status } = await mailing.server.post('/api/auth/reset-password', body);
      hasBroken = mailing.wire.endBreak();
      if (status === 503) failures += 1;
      else expect({ statement, status }).toEqual({ statement, status: 200 });
      const { rows } = await mailing.server.sql.query(READ_RESET, [userId]);
      const { isReset, ...rest } = rows[0] as { isReset: boolean };
      expect({ statement, ...rest }).toEqual({
        statement,
        hasPasskey: !isReset,
        events: isReset ? 1 : 0,
      });
    }
    expect(failures).toBeGreaterThan(10);
  });

  const ADD_PASSKEY = `
    INSERT INTO passkey (id, user_id, public_key, credential_id, counter, device_type, backed_up)
    VALUES ($1, $1, 'key', $1, 0, 'singleDevice', false)`;

  /** A reset ends the session of the sign-up. */
  const READ_RESET = `
    SELECT NOT EXISTS (SELECT FROM session WHERE user_id = $1) AS "isReset",
           EXISTS (SELECT FROM passkey WHERE user_id = $1) AS "hasPasskey",
           (SELECT count(*)::int FROM audit_event
             WHERE subject_id = $1 AND action = 'passkey.removed') AS events`;
});

describe('with one connection for all requests', () => {
  let single: Broken;

  beforeAll(async () => {
    single = await startBehindWire({ RATE_LIMITS: 'off', DATABASE_POOL_MAX: '1' });
  });
  afterAll(() => single.stop());

  it('a failed statement that waited for the connection fails its own request only', async () => {
    const email = newEmail();
    const { bearer } = await single.server.signUp(email);
    const reset = { isOver: false };
    const others = Array.from({ length: 3 }, async () => {
      const statuses = [];
      while (!reset.isOver)
        statuses.push((await single.server.get('/api/auth/token', bearer)).status);
      return statuses;
    });
    single.wire.breakAt(1, ADDED_MAIL);
    const { status } = await single.server.post('/api/auth/request-password-reset', { email });
    reset.isOver = true;
    const answers = (await Promise.all(others)).flat();
    expect(single.wire.endBreak()).toBe(true);
    expect({ status, others: [...new Set(answers)] }).toEqual({ status: 503, others: [200] });
  });
});

describe('the counter of a limit', () => {
  let limited: Broken;
  const signIn = (email: string) =>
    limited.server.post('/api/auth/sign-in/email', { email, password: PASSWORD });

  beforeAll(async () => {
    limited = await startBehindWire({ RATE_LIMITS: 'on' });
  });
  afterAll(() => limited.stop());

  it('does not fail the request when its connection breaks', async () => {
    const email = newEmail();
    await limited.server.signUp(email);
    limited.wire.breakAt(1, /rate_limit/);
    const { status } = await signIn(email);
    expect(limited.wire.endBreak()).toBe(true);
    expect(status).toBe(200);
  });

  it('does not fail the request when the database ends its wait for a lock', async () => {
    const email = newEmail();
    await limited.server.signUp(email);
    // As `lock_timeout`, without the wait.
    await limited.server.sql.query(`
      CREATE FUNCTION refuse_counters() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE 'canceling statement due to lock timeout' USING ERRCODE = '55P03'; END $$;
      CREATE TRIGGER refuse_counters BEFORE INSERT OR UPDATE ON rate_limit
      FOR EACH ROW EXECUTE FUNCTION refuse_counters();
      ALTER TABLE rate_limit ENABLE ALWAYS TRIGGER refuse_counters`);
    expect((await signIn(email)).status).toBe(200);
  });
});
