import { Client as PgClient } from 'pg';
import type { NewClient } from '../../../src/admin/clients/clients.schemas';
import { basic, OAuthStage, type TokenAnswer } from '../stage';
import { Caller } from '../../support/caller';
import { eventually } from '../../support/eventually';
import type { Hosted, HostedStart } from '../../support/processes/system-host';
import { type LostPart, PostgresWire } from '../../support/servers/postgres-wire';
import { prepareSystem, System } from '../../support/system';

/** The sender of mails and the job of the receivers run statements at any time. */
const OF_REQUESTS = /^(?!.*(mail_queue|FROM event_stream s))/s;

/** The statement that uses a refresh token. */
const RENEWAL = /INSERT INTO oauth_refresh_token/;

let wire: PostgresWire;
let stage: OAuthStage;
let client: NewClient;
let sql: PgClient;

/** The auth server reaches its database through the wire. */
class WiredSystem extends System {
  static override async start(): Promise<System> {
    return new WiredSystem(await prepareSystem({ env: { RATE_LIMITS: 'off' } })).launch();
  }

  protected override async launchAuthServer({ settings, port }: HostedStart): Promise<Hosted> {
    wire = await PostgresWire.before(settings.databaseUrl);
    const databaseUrl = wire.via(settings.databaseUrl);
    return super.launchAuthServer({
      settings: { ...settings, databaseUrl, databaseDirectUrl: databaseUrl },
      port,
    });
  }
}

beforeAll(async () => {
  stage = await OAuthStage.on(await WiredSystem.start());
  client = await stage.register({ type: 'confidential' });
  sql = new PgClient(stage.system.database.url);
  await sql.connect();
});

/** Of a test that has failed in a transaction. */
afterEach(() => sql.query('ROLLBACK'));

afterAll(async () => {
  await sql.end();
  await stage.system.stop();
  await wire.close();
});

async function newTokens() {
  const { browser } = await stage.user();
  return stage.tokens(client, browser);
}

async function expectInForce(accessToken: string): Promise<void> {
  const { status } = await new Caller(stage.system.apiUrl, accessToken).get('/api/v1/users/me');
  expect(status).toBe(200);
}

interface Break {
  lost: LostPart;
  form: Record<string, string>;
}

/**
 * Breaks the connection at the n-th statement of a renewal, for each n.
 *
 * @returns how many renewals were answered with 503. After each, the repetition succeeded.
 */
async function breakEach({ lost, form }: Break): Promise<number> {
  const first = await newTokens();
  let token = first.refresh_token;
  let failures = 0;
  for (let statement = 1, hasBroken = true; hasBroken; statement += 1) {
    wire.breakAt(statement, OF_REQUESTS, lost);
    let answer = await stage.refresh(client, token, form);
    hasBroken = wire.endBreak();
    if (answer.status === 503) {
      failures += 1;
      answer = await stage.refresh(client, token, form);
    }
    const { error, refresh_token: next } = answer.body;
    expect({ statement, status: answer.status, error }).toEqual({ statement, status: 200 });
    token = next;
  }
  // The first grant has continued.
  await expectInForce(first.access_token);
  return failures;
}

describe('a renewal whose connection to the database breaks', () => {
  it.each<[string, Break]>([
    ['at a statement', { lost: 'statement', form: {} }],
    ['at a statement, with fewer scopes', { lost: 'statement', form: { scope: 'openid' } }],
    ['before the answer to a statement', { lost: 'answer', form: {} }],
  ])('is 200, or 503 without a use of the token: %s', async (_title, broken) => {
    expect(await breakEach(broken)).toBeGreaterThan(3);
  });

  it('after the commit, is answered with the tokens that were committed', async () => {
    const { refresh_token: token } = await newTokens();
    wire.breakAt(1, RENEWAL, 'answer');
    const answer = await stage.refresh(client, token);
    expect(wire.endBreak()).toBe(true);
    expect(answer.status).toBe(200);
    expect((await stage.refresh(client, answer.body.refresh_token)).status).toBe(200);
  });
});

describe('a renewal that is answered with an error', () => {
  afterEach(() => sql.query('DROP FUNCTION IF EXISTS fail_renewals CASCADE'));

  it.each([
    ['57014', 'statement timeout'],
    ['55P03', 'lock timeout'],
    ['53100', 'disk full'],
    ['25006', 'a standby'],
  ])('has not used its token: %s, %s', async (state) => {
    const { refresh_token: token, access_token: accessToken } = await newTokens();
    await sql.query(`
      CREATE FUNCTION fail_renewals() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE 'failed' USING ERRCODE = '${state}'; END $$;
      CREATE TRIGGER fail_renewals BEFORE INSERT ON oauth_refresh_token
      FOR EACH ROW EXECUTE FUNCTION fail_renewals();
      ALTER TABLE oauth_refresh_token ENABLE ALWAYS TRIGGER fail_renewals`);
    expect((await stage.refresh(client, token)).status).toBe(503);
    await sql.query('DROP FUNCTION fail_renewals CASCADE');
    expect((await stage.refresh(client, token)).status).toBe(200);
    await expectInForce(accessToken);
  });
});

it('a renewal whose token is locked at each attempt is 503 and has not used it', async () => {
  const { refresh_token: token } = await newTokens();
  // The statement finds no row, as behind a lock that it does not wait for.
  await sql.query(`
    CREATE FUNCTION skip_renewals() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER skip_renewals BEFORE UPDATE ON oauth_refresh_token
    FOR EACH ROW EXECUTE FUNCTION skip_renewals()`);
  const answer = await stage.refresh(client, token);
  await sql.query('DROP FUNCTION skip_renewals CASCADE');
  expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable']);
  expect(answer.headers.get('retry-after')).toBe('2');
  expect((await stage.refresh(client, token)).status).toBe(200);
});

it('a renewal ends with the statement that uses the token, also with a cookie', async () => {
  const { user, browser } = await stage.user();
  const { refresh_token: token } = await stage.tokens(client, browser);
  const before = wire.statements.length;
  const response = await fetch(stage.at('token'), {
    method: 'POST',
    headers: {
      authorization: basic(client),
      origin: stage.system.settings.authUrl,
      cookie: `better-auth.session_token=${user.refreshToken}`,
    },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
  });
  expect(response.status).toBe(200);
  const ofRequest = wire.statements.slice(before).filter((text) => OF_REQUESTS.test(text));
  expect(ofRequest.at(-1)).toMatch(RENEWAL);
});

it('a renewal of a client that has gone does not use its token', async () => {
  const leaver = await stage.register({ type: 'confidential' });
  const { browser } = await stage.user();
  const { refresh_token: token } = await stage.tokens(leaver, browser);
  await sql.query('BEGIN; LOCK TABLE oauth_refresh_token IN ACCESS EXCLUSIVE MODE');
  const leaving = new AbortController();
  const request = fetch(stage.at('token'), {
    method: 'POST',
    headers: { authorization: basic(leaver) },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
    signal: leaving.signal,
  });
  await untilWaiting(1);
  leaving.abort();
  await expect(request).rejects.toThrow();
  // The server has read the end of the connection before it answers this.
  await fetch(`${stage.system.settings.authUrl}/health/live`);
  await sql.query('COMMIT');
  const refusals = `SELECT FROM audit_event WHERE action = 'oauth.token_refused' AND subject_id = $1`;
  await eventually(async () =>
    expect(await stage.system.query(refusals, [leaver.clientId])).toHaveLength(1),
  );
  expect((await stage.refresh(leaver, token)).status).toBe(200);
});

describe('beside a transaction that ends the grant, a renewal has no deadlock', () => {
  const TOKEN = 'oauth_refresh_token WHERE user_id = $1';
  const GRANT = 'oauth_grant WHERE session_id IN (SELECT id FROM session WHERE user_id = $1)';

  it.each([
    ['begins at the token', TOKEN, GRANT],
    ['begins at the grant', GRANT, TOKEN],
  ])('when it %s', async (_title, first, second) => {
    const { user, browser } = await stage.user();
    const { refresh_token: token } = await stage.tokens(client, browser);
    // A deadlock would be found here, and end this transaction.
    await sql.query(`BEGIN; SET LOCAL deadlock_timeout = '1ms'`);
    await sql.query(`SELECT FROM ${first} FOR UPDATE`, [user.id]);
    const renewal = stage.refresh(client, token);
    await untilWaiting(1);
    await sql.query(`DELETE FROM ${second}`, [user.id]);
    await sql.query('COMMIT');
    const { status, body } = await renewal;
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });
});

describe('beside a transaction that ends the grant and then deletes its tokens', () => {
  it.each<[string, (token: string) => Promise<TokenAnswer>, number]>([
    [
      'a token that is given back',
      (token) => stage.ask({ token }, { secretOf: client, endpoint: 'revoke' }),
      200,
    ],
    ['a token that is used twice', (token) => stage.refresh(client, token), 400],
    [
      'a used token that is given back',
      (token) => stage.ask({ token }, { secretOf: client, endpoint: 'revoke' }),
      200,
    ],
  ])('%s causes no deadlock', async (title, use, status) => {
    const { user, browser } = await stage.user();
    const { refresh_token: token } = await stage.tokens(client, browser);
    if (title !== 'a token that is given back') await stage.refresh(client, token);
    await sql.query(`BEGIN; SET LOCAL deadlock_timeout = '1ms'`);
    await sql.query(
      `SELECT FROM oauth_grant WHERE session_id IN (SELECT id FROM session WHERE user_id = $1) FOR UPDATE`,
      [user.id],
    );
    const answer = use(token);
    await untilWaiting(1);
    await sql.query('DELETE FROM oauth_refresh_token WHERE user_id = $1', [user.id]);
    await sql.query('COMMIT');
    expect((await answer).status).toBe(status);
  });
});

it('a renewal waits for a transaction that leaves the token', async () => {
  const { user, browser } = await stage.user();
  const { refresh_token: token } = await stage.tokens(client, browser);
  await sql.query('BEGIN');
  await sql.query('SELECT FROM oauth_refresh_token WHERE user_id = $1 FOR UPDATE', [user.id]);
  const renewal = stage.refresh(client, token);
  await untilWaiting(1);
  await sql.query('COMMIT');
  expect((await renewal).status).toBe(200);
});

async function untilWaiting(count: number): Promise<void> {
  await eventually(async () => {
    const waiting = await stage.system.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(waiting).toHaveLength(count);
  });
}
