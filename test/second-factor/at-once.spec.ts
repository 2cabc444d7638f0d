import type { PoolClient } from 'pg';
import type { Response } from 'supertest';
import { PASSWORD, type RunningAuthServer, startAuthServer } from '../support/auth-server/harness';
import { eventually } from '../support/eventually';
import { AuthenticatorApp } from './authenticator-app';
import { enrol, takeFirstStep, takeSecondStep, withCookies } from './second-step';

const CHANGED = [409, 'SECOND_FACTOR_CHANGED'];

let server: RunningAuthServer;
let holder: PoolClient;
let count = 0;

beforeAll(async () => {
  server = await startAuthServer({ RATE_LIMITS: 'off' });
  holder = await server.sql.connect();
});

afterEach(() => holder.query('ROLLBACK'));

afterAll(async () => {
  holder.release(true);
  await server.stop();
});

interface Person {
  userId: string;
  email: string;
  bearer: Record<string, string>;
}

async function asPerson(): Promise<Person> {
  const email = `eve-${(count += 1)}@example.com`;
  return { email, ...(await server.signUp(email)) };
}

const enable = ({ bearer }: Person) =>
  server.post('/api/auth/two-factor/enable', { password: PASSWORD }, bearer);

const verify = ({ bearer }: Person, app: AuthenticatorApp) =>
  server.post('/api/auth/two-factor/verify-totp', { code: app.code() }, bearer);

const disable = ({ bearer }: Person) =>
  server.post('/api/auth/two-factor/disable', { password: PASSWORD }, bearer);

async function show(person: Person): Promise<AuthenticatorApp> {
  return new AuthenticatorApp((await enable(person).expect(200)).body.totpURI);
}

/** The result of a request that waits for the first statement, while the second one is made. */
async function during(
  request: PromiseLike<Response>,
  change: () => PromiseLike<unknown>,
): Promise<unknown[]> {
  const answering = request.then(({ status, body }) => [status, body.code ?? null]);
  await eventually(async () => {
    const { rowCount } = await server.sql.query(
      `SELECT FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    expect(rowCount).toBe(1);
  });
  await change();
  await holder.query('COMMIT');
  return answering;
}

const SWITCH_ON = 'UPDATE "user" SET two_factor_enabled = true WHERE id = $1';

/** As another request to begin does. */
const store = (connection: Pick<PoolClient, 'query'>, values: string[]) =>
  connection.query('UPDATE two_factor SET secret = $2 WHERE user_id = $1', values);

async function readSecret({ userId }: Person): Promise<string> {
  const read = 'SELECT secret FROM two_factor WHERE user_id = $1';
  return (await server.sql.query<{ secret: string }>(read, [userId])).rows[0]!.secret;
}

async function expectSignIn({ email }: Person, app: AuthenticatorApp): Promise<void> {
  const cookies = await takeFirstStep(server, email);
  await takeSecondStep(server, { cookies, code: app.code(1) }).expect(200);
}

describe('while another request changes the second factor,', () => {
  it('a first code does not enable a secret that it does not belong to', async () => {
    const eve = await asPerson();
    const first = await show(eve);
    const secret = await readSecret(eve);
    const second = await show(eve);
    const newSecret = await readSecret(eve);
    await store(server.sql, [eve.userId, secret]);
    await holder.query('BEGIN');
    await holder.query('SELECT FROM "user" WHERE id = $1 FOR UPDATE', [eve.userId]);
    const answer = await during(verify(eve, first), () => store(holder, [eve.userId, newSecret]));
    expect(answer).toEqual(CHANGED);
    await server.signIn(eve.email);
    await verify(eve, second).expect(200);
    await expectSignIn(eve, second);
  });

  it('a new secret does not replace one that a first code has enabled', async () => {
    const eve = await asPerson();
    const app = await show(eve);
    await holder.query('BEGIN');
    await holder.query(SWITCH_ON, [eve.userId]);
    expect(await during(enable(eve), () => Promise.resolve())).toEqual(CHANGED);
    await expectSignIn(eve, app);
  });

  it('a secret is not removed from a factor that a first code has enabled', async () => {
    const eve = await asPerson();
    const app = await show(eve);
    await holder.query('BEGIN');
    await holder.query('SELECT FROM two_factor WHERE user_id = $1 FOR UPDATE', [eve.userId]);
    const answer = await during(disable(eve), () => holder.query(SWITCH_ON, [eve.userId]));
    expect(answer).toEqual(CHANGED);
    await expectSignIn(eve, app);
  });

  it('new recovery codes of a factor that has ended are not shown: they are not stored', async () => {
    const { user, bearer } = await enrol(server, `eve-${(count += 1)}@example.com`);
    const path = '/api/auth/two-factor/generate-backup-codes';
    await holder.query('BEGIN');
    // The request reads the factor, and waits with the statement that writes.
    await holder.query('LOCK TABLE two_factor IN SHARE MODE');
    const answer = await during(server.post(path, { password: PASSWORD }, bearer), () =>
      holder.query('UPDATE "user" SET two_factor_enabled = false WHERE id = $1', [user.userId]),
    );
    expect(answer).toEqual(CHANGED);
  });

  it('a code of a session that ends is not checked for the sign-in of another user', async () => {
    const owner = await enrol(server, `eve-${(count += 1)}@example.com`);
    const cookies = await takeFirstStep(server, owner.email);
    const eve = await asPerson();
    const headers = { ...eve.bearer, ...withCookies(cookies) };
    const guess = { code: owner.app.code(1) };
    await holder.query('BEGIN');
    // The request has read the session, and waits with its next statement that writes.
    await holder.query('LOCK TABLE verification IN SHARE MODE');
    const request = server.post('/api/auth/two-factor/verify-totp', guess, headers);
    const answer = await during(request, () =>
      server.sql.query('DELETE FROM session WHERE user_id = $1', [eve.userId]),
    );
    expect(answer).toEqual([401, 'INVALID_TWO_FACTOR_COOKIE']);
    await takeSecondStep(server, { cookies, code: guess.code }).expect(401);
  });

  it('a first secret is not stored beside another one', async () => {
    const eve = await asPerson();
    await holder.query('BEGIN');
    await holder.query(
      `INSERT INTO two_factor (id, user_id, secret, backup_codes) VALUES ($1, $1, 's', 's')`,
      [eve.userId],
    );
    expect(await during(enable(eve), () => Promise.resolve())).toEqual(CHANGED);
  });
});

it('a second factor that a failed request has switched off can be enabled', async () => {
  const { user, email } = await enrol(server, 'ann@example.com');
  // The first statement of the request; the second one deletes the secret.
  const switchOff = 'UPDATE "user" SET two_factor_enabled = false WHERE id = $1';
  await server.sql.query(switchOff, [user.userId]);
  const ann = { email, ...(await server.signIn(email)) };
  const app = await show(ann);
  await verify(ann, app).expect(200);
  await expectSignIn(ann, app);
});

it('the table is not emptied while a user has a second factor', async () => {
  const { user } = await enrol(server, 'dan@example.com');
  const refused = server.sql.query('TRUNCATE two_factor');
  await expect(refused).rejects.toMatchObject({ code: 'GH008' });
  const { rows } = await server.sql.query('SELECT FROM two_factor WHERE user_id = $1', [
    user.userId,
  ]);
  expect(rows).toHaveLength(1);
});
