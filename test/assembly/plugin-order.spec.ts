import { createHash, randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import request, { type Response } from 'supertest';
import {
  ACCESS_TOKEN_HEADER,
  DOCS_CLIENT_ID,
  INTERNAL_KEY_HEADER,
  TOKEN_WANTED_HEADER,
} from '../../contract';
import { RecordingServer } from '../support/servers/recording-server';
import { eventually } from '../support/eventually';
import { swapped } from '../support/swap';
import { enrol } from '../second-factor/second-step';
import { INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { PASSWORD, type SignedIn } from '../support/auth-server/harness';
import { startInProcess } from '../support/auth-server/in-process';

const EMAIL = 'order@example.com';
/** Better-Auth itself accepts it: a URL parser makes it lower case. */
const INEXACT = 'http://LOCALHOST:8000/';

let server: Awaited<ReturnType<typeof startInProcess>>;
let breaches: RecordingServer;

beforeAll(async () => {
  breaches = await RecordingServer.start();
  server = await startInProcess({
    RATE_LIMITS: 'on',
    BREACHED_PASSWORDS_URL: breaches.url,
  });
  await enrol(server, EMAIL);
  await server.sql.query(
    `INSERT INTO "user" (id, name, email) SELECT 'early-' || n, 'Early', 'early-' || n || '@example.com'
       FROM generate_series(0, 3) AS n`,
  );
});
afterAll(async () => {
  await server.stop();
  await breaches.stop();
});

/** Better-Auth takes the order of the hooks from this list, at every request. */
async function whileSwapped<T>(ids: [string, string], work: () => Promise<T>): Promise<T> {
  const { options } = await server.auth.$context;
  const plugins: { id: string }[] = options.plugins;
  const before = [...plugins];
  const [first, second] = ids.map((id) => (plugin: { id: string }) => plugin.id === id);
  plugins.splice(0, plugins.length, ...swapped(before, first!, second!));
  try {
    return await work();
  } finally {
    plugins.splice(0, plugins.length, ...before);
  }
}

const firstStep = (fields = {}) =>
  server.post('/api/auth/sign-in/email', { email: EMAIL, password: PASSWORD, ...fields });

const cookieNames = ({ headers }: Response) =>
  ((headers['set-cookie'] ?? []) as unknown as string[]).map((line) => line.split('=')[0]);

async function count(sql: string): Promise<number> {
  const { rows } = await server.sql.query(`SELECT count(*)::int AS count FROM ${sql}`);
  return rows[0].count;
}

/** How many rows a step adds. */
async function added(table: string, step: () => PromiseLike<unknown>): Promise<number> {
  const before = await count(table);
  await step();
  return (await count(table)) - before;
}

/** The query of an authorization request, as the sign-in page is given it. */
async function authorizationQuery(): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: DOCS_CLIENT_ID,
    redirect_uri: 'http://localhost:8000/docs/oauth2-redirect.html',
    scope: 'openid',
    state: 'a state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const answer = await server.get(`/api/auth/oauth2/authorize?${query.toString()}`);
  return new URL(answer.headers.location!, 'http://localhost:3000').search.slice(1);
}

async function actAsUser(): Promise<{ authorization: string }> {
  const admin = await server.signInAdmin();
  const { rows } = await server.sql.query('SELECT id FROM "user" WHERE email = $1', [EMAIL]);
  const body = { userId: rows[0].id };
  const acting = await server.post('/api/auth/admin/impersonate-user', body, admin.bearer);
  return { authorization: `Bearer ${acting.body.session.token}` };
}

/** Sends the form of a new link that confirms a change of the e-mail address. */
async function confirmChange(): Promise<void> {
  const { secret } = await server.auth.$context;
  const { rows } = await server.sql.query('SELECT id FROM "user" WHERE email = $1', [EMAIL]);
  const updateTo = `${randomBytes(4).toString('hex')}@example.com`;
  const change = { userId: rows[0].id, email: EMAIL, updateTo };
  const requestType = 'change-email-confirmation';
  // After the password was set, which is compared in whole seconds.
  const token = await new SignJWT({ ...change, requestType })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(Math.floor(Date.now() / 1_000) + 60)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
  await request(server.url)
    .post('/verify-email')
    .set('origin', 'http://localhost:3000')
    .type('form')
    .send({ token, callbackURL: '' });
}

/** The number of mails that a step sends. */
async function mailsAfter(step: () => Promise<void>): Promise<number> {
  const before = (await server.get('/dev/mailbox')).body.items.length;
  await step();
  return (await server.get('/dev/mailbox')).body.items.length - before;
}

/** All responses that may send a mail take this time, and little more on an idle host. */
const EQUAL_TIME_MS = 300;
const LITTLE_MS = 50;

/**
 * Whether the event is recorded before the wait for the equal time. A request that takes longer
 * says nothing: on a busy host nothing is left to wait for.
 */
async function isRecordedEarly(): Promise<boolean> {
  const samples = [];
  for (let sample = 0; sample < 10; sample += 1) {
    const start = Date.now();
    const body = { email: `early-${sample}@example.com` };
    const { status } = await server.post('/api/auth/request-password-reset', body);
    const end = Date.now();
    // A refused request is not recorded: the row would be that of an earlier sample.
    if (status !== 200) continue;
    const { rows } = await server.sql.query(
      `SELECT occurred_at AS at FROM audit_event WHERE action = $1 ORDER BY id DESC LIMIT 1`,
      ['user.password_reset_requested'],
    );
    samples.push({ time: end - start, before: rows[0].at.getTime() - start });
    if (end - start <= EQUAL_TIME_MS + LITTLE_MS) break;
  }
  const [fastest] = samples.toSorted((a, b) => a.time - b.time);
  // A timer can end a millisecond early.
  return fastest!.before < EQUAL_TIME_MS - 2;
}

/** Changes a password while another transaction changes the credentials of the user. */
async function changeWhileSessionIsRead(): Promise<number> {
  const { bearer, userId } = await server.signUp(`${randomBytes(4).toString('hex')}@example.com`);
  const other = await server.sql.connect();
  await other.query('BEGIN; LOCK TABLE session IN ACCESS EXCLUSIVE MODE');
  const body = { currentPassword: PASSWORD, newPassword: 'another long password' };
  const change = server
    .post('/api/auth/change-password', body, bearer)
    .then(({ status }) => status);
  await eventually(async () => {
    const { rowCount } = await server.sql.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(rowCount).toBe(1);
  });
  await other.query('SELECT gatehouse_change_credentials($1, NULL)', [userId]);
  await other.query('COMMIT');
  other.release();
  return change;
}

/** The status of the last of more requests than the limit of wrong passwords allows. */
async function lastOfEight(
  path: string,
  body: object,
  bearer: SignedIn['bearer'],
): Promise<number> {
  let status = 0;
  for (let attempt = 0; attempt < 8; attempt += 1) {
    ({ status } = await server.post(path, body, bearer));
  }
  return status;
}

const FROM_API = { [INTERNAL_KEY_HEADER]: INTERNAL_SECRET, [TOKEN_WANTED_HEADER]: 'true' };

const signInFromApi = (email: string) =>
  server.post('/api/auth/sign-in/email', { email, password: PASSWORD }, FROM_API);

/** The headers of the answer to a user who is banned in the transaction of the audit event. */
async function signInDuringBan(): Promise<object> {
  const email = `${randomBytes(4).toString('hex')}@example.com`;
  await server.signUp(email);
  await server.sql.query(`CREATE FUNCTION ban() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE "user" SET banned = true WHERE id = NEW.subject_id; RETURN NULL; END $$`);
  await server.sql.query(`CREATE TRIGGER ban AFTER INSERT ON audit_event FOR EACH ROW
    WHEN (NEW.action = 'user.signed_in') EXECUTE FUNCTION ban()`);
  try {
    return (await signInFromApi(email)).headers;
  } finally {
    await server.sql.query('DROP FUNCTION ban CASCADE');
  }
}

/** Each effect is true in the order of the list, and false after the swap. */
const PAIRS: [string, string, string, () => Promise<boolean>][] = [
  [
    'two-factor',
    'bearer',
    'the first step hands out no session token',
    async () => !('set-auth-token' in (await firstStep()).headers),
  ],
  [
    'two-factor',
    'token-of-begun-session',
    'the first step hands out no access token',
    async () => !(ACCESS_TOKEN_HEADER in (await signInFromApi(EMAIL)).headers),
  ],
  [
    'two-factor',
    'oauth-provider',
    'the first step makes no authorization code',
    async () => {
      const query = await authorizationQuery();
      const codes = `verification WHERE value LIKE '%authorization_code%'`;
      return (await added(codes, () => firstStep({ oauth_query: query }))) === 0;
    },
  ],
  [
    'two-factor',
    'gatehouse-limits-outcome',
    'the first step does not make the browser a known one',
    async () =>
      !cookieNames(await firstStep()).some((name) => name?.endsWith('known_device') === true),
  ],
  [
    'two-factor',
    'audit-log',
    'the first step is recorded as a challenge',
    async () => {
      const challenges = `audit_event WHERE action = 'two_factor.challenged'`;
      return (await added(challenges, () => firstStep())) === 1;
    },
  ],
  [
    'session-handles',
    'audit-log',
    'the end of an impersonation without a way back is recorded',
    async () => {
      const bearer = await actAsUser();
      const ends = `audit_event WHERE action = 'impersonation.stopped'`;
      const stop = () => server.post('/api/auth/admin/stop-impersonating', {}, bearer);
      return (await added(ends, stop)) === 1;
    },
  ],
  [
    'parsed-input',
    'gatehouse-passwords',
    'a body that the endpoint refuses does not reach the service of breached passwords',
    async () => {
      breaches.reset();
      const body = { email: 'not an address', name: 'New', password: PASSWORD };
      await server.post('/api/auth/sign-up/email', body);
      return breaches.requests.length === 0;
    },
  ],
  [
    'exact-addresses',
    'gatehouse-passwords',
    'an inexact redirect does not reach the service of breached passwords',
    async () => {
      breaches.reset();
      const body = { email: 'new@example.com', name: 'New', password: PASSWORD };
      await server.post('/api/auth/sign-up/email', { ...body, callbackURL: INEXACT });
      return breaches.requests.length === 0;
    },
  ],
  [
    'audit-log',
    'gatehouse-equal-times',
    'the time of the audit log is inside the equal time',
    isRecordedEarly,
  ],
  [
    'audit-log',
    'token-of-begun-session',
    'a ban that commits with the audit event leaves no access token',
    async () => !(ACCESS_TOKEN_HEADER in (await signInDuringBan())),
  ],
  [
    'account-changes',
    'opened-links',
    'the first use of a link that confirms a change of the e-mail address sends the next mail',
    async () => (await mailsAfter(confirmChange)) === 1,
  ],
  [
    'decision-basis',
    'gatehouse-passwords',
    'a password that changes while the rules of new passwords read the session is not overwritten',
    async () => (await changeWhileSessionIsRead()) === 401,
  ],
  [
    'gatehouse-passwords',
    'gatehouse-password-limit',
    'a new password that is refused is not counted as a wrong password',
    async () => {
      const { bearer } = await server.signUp(`${randomBytes(4).toString('hex')}@example.com`);
      const body = { currentPassword: PASSWORD, newPassword: 'iloveyou2024' };
      return (await lastOfEight('/api/auth/change-password', body, bearer)) === 400;
    },
  ],
  [
    'session-handles',
    'gatehouse-password-limit',
    'a request that an impersonation refuses is not counted as a wrong password',
    async () => {
      const body = { password: PASSWORD };
      return (await lastOfEight('/api/auth/two-factor/disable', body, await actAsUser())) === 403;
    },
  ],
  // Last: it uses up the limits.
  [
    'gatehouse-limits',
    'exact-addresses',
    'a request with an inexact redirect is counted',
    async () => {
      const body = { email: 'counted@example.com', redirectTo: INEXACT };
      const statuses = [];
      for (let attempt = 0; attempt < 30; attempt += 1) {
        statuses.push((await server.post('/api/auth/request-password-reset', body)).status);
      }
      return statuses.includes(429);
    },
  ],
];

describe('the order of the plugins', () => {
  it.each(PAIRS)('"%s" before "%s": %s', async (first, second, _effect, holds) => {
    await expect(whileSwapped([first, second], holds)).resolves.toBe(false);
    await expect(holds()).resolves.toBe(true);
  });
});
