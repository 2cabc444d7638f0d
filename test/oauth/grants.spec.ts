import { Client as PgClient } from 'pg';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import { Browser } from './browser';
import { makePkce, OAuthStage } from './stage';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { changeDuring, HOLD_UP } from '../support/servers/held-up-session';
import type { SignedInUser } from '../support/system';

/** Time limit for the guarantee of 100 ms on a loaded host, in milliseconds. */
const PATIENCE_MS = 60_000;
const ME = '/api/v1/users/me';

let stage: OAuthStage;
let client: NewClient;
let other: NewClient;
let user: SignedInUser;
let browser: Browser;
let holder: PgClient;

beforeAll(async () => {
  stage = await OAuthStage.start({ replicas: 3 });
  holder = new PgClient(stage.system.database.url);
  await holder.connect();
  await holder.query(HOLD_UP);
  client = await stage.register({ type: 'confidential' });
  other = await stage.register({ type: 'confidential' });
});

beforeEach(async () => {
  ({ user, browser } = await stage.user());
});

afterEach(() => restoreClient());

afterAll(async () => {
  await holder.end();
  await stage.system.stop();
});

/**
 * The client loses a grant type and has it again, as if the transaction had deleted the most grants
 * that it deletes at once.
 */
async function endGeneration(): Promise<void> {
  await stage.system.query(
    `DO $$ BEGIN
       PERFORM set_config('gatehouse.ended_grants', '10000', true);
       UPDATE oauth_client SET grant_types = '["refresh_token"]'
        WHERE client_id = '${client.clientId}';
     END $$`,
  );
  await restoreClient();
  const left = await stage.system.query(
    `SELECT FROM oauth_grant WHERE client_id = '${client.clientId}'`,
  );
  expect(left).not.toEqual([]);
}

type Tokens = Awaited<ReturnType<OAuthStage['tokens']>>;

async function statusesOf(token: string): Promise<number[]> {
  const answers = stage.system.replicas.map(({ url }) => new Caller(url, token).get(ME));
  return (await Promise.all(answers)).map(({ status }) => status);
}

/** The status of userinfo, and whether introspection says that the token is active. */
async function statusesAtAuthServer(token: string): Promise<[number, unknown]> {
  const userInfo = await new Caller(stage.base, token).get('/userinfo');
  const shown = await stage.ask({ token }, { secretOf: client, endpoint: 'introspect' });
  return [userInfo.status, (shown.body as { active?: unknown }).active];
}

async function expectRefusedEverywhere(token: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while ((await statusesOf(token)).some((status) => status === 200)) {
    if (Date.now() > end) throw new Error('still accepted');
  }
  expect(await statusesOf(token)).toEqual([401, 401, 401]);
}

async function expectGoodEverywhere(...tokens: string[]): Promise<void> {
  for (const token of tokens) expect(await statusesOf(token)).toEqual([200, 200, 200]);
}

function revoke(token: string, of = client, hint?: string) {
  const form = { token, token_type_hint: hint };
  return stage.ask(form, { secretOf: of, endpoint: 'revoke' });
}

async function deleteConsent(): Promise<void> {
  const [row] = await stage.system.query<{ id: string }>(
    'SELECT id FROM oauth_consent WHERE user_id = $1 AND client_id = $2',
    [user.id, client.clientId],
  );
  const answer = await browser.post('/oauth2/delete-consent', { id: row!.id });
  expect(answer.status).toBe(200);
}

function statement(sql: string): () => Promise<unknown> {
  return () => stage.system.query(sql, [user.id, client.clientId]);
}

/** Requests that end a user's grant to a client. */
const WAYS: [string, (tokens: Tokens) => Promise<unknown>][] = [
  ['the client gives its refresh token back', ({ refresh_token: token }) => revoke(token)],
  ['the client gives its access token back', ({ access_token: token }) => revoke(token)],
  ['the user takes the consent back', deleteConsent],
  [
    'a refresh token is used twice',
    async ({ refresh_token: token }) => {
      await stage.refresh(client, token);
      await stage.refresh(client, token);
    },
  ],
  [
    'a statement deletes the consent',
    statement('DELETE FROM oauth_consent WHERE user_id = $1 AND client_id = $2'),
  ],
  [
    'a statement deletes the refresh token',
    statement('DELETE FROM oauth_refresh_token WHERE user_id = $1 AND client_id = $2'),
  ],
  [
    'a statement deletes the grant in replication role',
    async () => {
      await stage.system.query(
        `DO $$ BEGIN SET LOCAL session_replication_role = replica; DELETE FROM oauth_grant; END $$`,
      );
    },
  ],
  ['a statement empties the table', () => stage.system.query('TRUNCATE oauth_grant')],
  ['the client has more grants than one transaction deletes', endGeneration],
];

const OF_USER = 'WHERE user_id = $1 AND client_id = $2';

/** Changes of the basis of a grant. */
const NARROWINGS: [string, string][] = [
  ['the consent is deleted', `DELETE FROM oauth_consent ${OF_USER}`],
  ['the consent loses scopes', `UPDATE oauth_consent SET scopes = '["openid"]' ${OF_USER}`],
  ['the consent loses its resource', `UPDATE oauth_consent SET resources = '[]' ${OF_USER}`],
  [
    'the client loses a grant type',
    `UPDATE oauth_client SET grant_types = '["refresh_token"]' WHERE client_id = $2 AND $1 <> ''`,
  ],
];

/** Changes that end the session in which a code was issued. */
const ENDS: [string, string][] = [
  ['the user is banned', `UPDATE "user" SET banned = true WHERE id = $1 AND $2 <> ''`],
  ['the password is replaced', `UPDATE account SET password = 'x' WHERE user_id = $1 AND $2 <> ''`],
  ['the user signs out', `DELETE FROM session WHERE user_id = $1 AND $2 <> ''`],
  ['the user is deleted', `DELETE FROM "user" WHERE id = $1 AND $2 <> ''`],
];

/** Its grants continue: they are in force again when the client is enabled. */
const DISABLED: [string, string] = [
  'the client is disabled',
  `UPDATE oauth_client SET disabled = true WHERE client_id = $2 AND $1 <> ''`,
];

const restoreClient = statement(
  `UPDATE oauth_client SET grant_types = '["authorization_code", "refresh_token"]', disabled = false
    WHERE client_id = $2 AND $1 <> ''`,
);

async function countWaiting(): Promise<number> {
  const waiting = await stage.system.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return waiting.length;
}

async function isWaitingForLock(): Promise<boolean> {
  return (await countWaiting()) > 0;
}

/** In this block, writes of refresh tokens wait while {@link changeDuring} makes the change. */
function holdUpAt(event: string): void {
  beforeAll(() =>
    holder.query(`CREATE TRIGGER a_hold_up BEFORE ${event} ON oauth_refresh_token
      FOR EACH ROW EXECUTE FUNCTION hold_up()`),
  );
  afterAll(() => holder.query('DROP TRIGGER a_hold_up ON oauth_refresh_token'));
}

describe('a grant to a client ends on every replica', () => {
  it.each(WAYS)('when %s: access token, renewal, userinfo', async (_title, end) => {
    const tokens = await stage.tokens(client, browser);
    const latest = tokens.access_token;
    await expectGoodEverywhere(latest, user.accessToken);
    await end(tokens);
    await expectRefusedEverywhere(latest);
    const renewed = await stage.refresh(client, tokens.refresh_token);
    expect([renewed.status, renewed.body.error]).toEqual([400, 'invalid_grant']);
    const headers = { authorization: `Bearer ${latest}` };
    expect((await fetch(stage.at('userinfo'), { headers })).status).toBe(401);
    for (const token of [latest, tokens.refresh_token]) {
      const shown = await stage.ask({ token }, { secretOf: client, endpoint: 'introspect' });
      expect(shown.body).toEqual({ active: false });
    }
    // The session continues.
    await expectGoodEverywhere(user.accessToken);
  });

  it('with the consent, also for a code in progress', async () => {
    await stage.tokens(client, browser);
    const code = await stage.code(client, browser);
    await deleteConsent();
    const answer = await stage.exchange(client, code);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  it.each(NARROWINGS)('when %s, also for a code in progress', async (_title, sql) => {
    const code = await stage.code(client, browser);
    await statement(sql)();
    const answer = await stage.exchange(client, code);
    expect(answer.status).toBe(400);
    expect(['invalid_grant', 'unauthorized_client']).toContain(answer.body.error);
  });

  it.each([...NARROWINGS, ...ENDS, DISABLED])(
    'when %s during the exchange of a code',
    async (_title, sql) => {
      const code = await stage.code(client, browser);
      const writer = new PgClient(stage.system.database.url);
      await writer.connect();
      await writer.query('BEGIN');
      await writer.query(sql, [user.id, client.clientId]);
      let isAnswered = false;
      const exchange = stage.exchange(client, code).finally(() => {
        isAnswered = true;
      });
      await eventually(async () => expect(isAnswered || (await isWaitingForLock())).toBe(true));
      await writer.query('COMMIT');
      await writer.end();
      const answer = await exchange;
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    },
  );

  it('only: other clients and other sessions of the user are not affected', async () => {
    const tokens = await stage.tokens(client, browser);
    const ofOther = await stage.tokens(other, browser);
    const elsewhere = await stage.tokens(client, await Browser.signedIn(stage.system, user.email));
    await expectGoodEverywhere(tokens.access_token);
    await revoke(tokens.refresh_token);
    await expectRefusedEverywhere(tokens.access_token);
    await expectGoodEverywhere(ofOther.access_token, elsewhere.access_token);
    expect((await stage.refresh(other, ofOther.refresh_token)).status).toBe(200);
    expect((await stage.refresh(client, elsewhere.refresh_token)).status).toBe(200);
  });

  it('only, when a refresh token is used a second time (RFC 9700, section 4.14.2)', async () => {
    const tokens = await stage.tokens(client, browser);
    const elsewhere = await stage.tokens(client, await Browser.signedIn(stage.system, user.email));
    const next = await stage.refresh(client, tokens.refresh_token);
    expect((await stage.refresh(client, tokens.refresh_token)).status).toBe(400);
    await expectRefusedEverywhere(next.body.access_token);
    expect((await stage.refresh(client, next.body.refresh_token)).status).toBe(400);
    await expectGoodEverywhere(elsewhere.access_token);
    expect((await stage.refresh(client, elsewhere.refresh_token)).status).toBe(200);
  });

  it.each<[string, (token: string) => Promise<unknown>]>([
    ['revoked', (token) => revoke(token)],
    ['renewed', (token) => stage.refresh(client, token)],
  ])('only, when a refresh token is %s eight times at once', async (_title, use) => {
    const { refresh_token: token } = await stage.tokens(client, browser);
    const elsewhere = await stage.tokens(client, await Browser.signedIn(stage.system, user.email));
    await Promise.all(Array.from({ length: 8 }, () => use(token)));
    expect((await stage.refresh(client, token)).status).toBe(400);
    expect((await stage.refresh(client, elsewhere.refresh_token)).status).toBe(200);
  });

  it('in all sessions of the user when the consent is withdrawn', async () => {
    const tokens = await stage.tokens(client, browser);
    const elsewhere = await stage.tokens(client, await Browser.signedIn(stage.system, user.email));
    await expectGoodEverywhere(tokens.access_token, elsewhere.access_token);
    await deleteConsent();
    await expectRefusedEverywhere(tokens.access_token);
    await expectRefusedEverywhere(elsewhere.access_token);
  });

  it('also without a refresh token', async () => {
    const { access_token: token } = await stage.tokens(client, browser, { scope: 'profile' });
    await expectGoodEverywhere(token);
    expect((await revoke(token, client, 'access_token')).status).toBe(200);
    await expectRefusedEverywhere(token);
  });
});

describe('a grant continues', () => {
  it('when it is renewed, or requested again', async () => {
    const first = await stage.tokens(client, browser);
    const second = await stage.refresh(client, first.refresh_token);
    const third = await stage.tokens(client, browser);
    await expectGoodEverywhere(first.access_token, second.body.access_token, third.access_token);
  });

  it('when another client tries to revoke its tokens', async () => {
    const tokens = await stage.tokens(client, browser);
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect((await revoke(token, other)).status).toBe(200);
    }
    await expectGoodEverywhere(tokens.access_token);
    expect((await stage.refresh(client, tokens.refresh_token)).status).toBe(200);
  });

  it('when expired refresh tokens are deleted', async () => {
    const tokens = await stage.tokens(client, browser);
    await stage.system.query(
      `UPDATE oauth_refresh_token SET expires_at = now() - interval '1 s' WHERE user_id = $1`,
      [user.id],
    );
    await stage.system.query('DELETE FROM oauth_refresh_token WHERE user_id = $1', [user.id]);
    await expectGoodEverywhere(tokens.access_token);
  });
});

describe('a new grant', () => {
  it.each(WAYS)('does not make tokens valid that are as old: %s', async (_way, end) => {
    const old = await stage.tokens(client, browser);
    await expectGoodEverywhere(old.access_token);
    await end(old);
    const fresh = await stage.tokens(client, browser);
    await expectGoodEverywhere(fresh.access_token);
    expect(await statusesOf(old.access_token)).toEqual([401, 401, 401]);
    expect(await statusesAtAuthServer(old.access_token)).toEqual([401, false]);
    expect(await statusesAtAuthServer(fresh.access_token)).toEqual([200, true]);
    expect((await stage.refresh(client, old.refresh_token)).status).toBe(400);
  });

  it('is valid at a replica that has not received the end of the former one', async () => {
    const old = await stage.tokens(client, browser);
    await expectGoodEverywhere(old.access_token);
    await stage.system.query(
      `DO $$ BEGIN
         ALTER TABLE oauth_grant DISABLE TRIGGER oauth_grant_access_updated;
         UPDATE oauth_grant SET granted_at = granted_at + interval '1 ms'
          WHERE client_id = '${client.clientId}';
         ALTER TABLE oauth_grant ENABLE ALWAYS TRIGGER oauth_grant_access_updated;
       END $$`,
    );
    const { body: fresh } = await stage.refresh(client, old.refresh_token);
    await expectGoodEverywhere(fresh.access_token);
    expect(await statusesOf(old.access_token)).toEqual([401, 401, 401]);
  });

  it('does not make a refresh token valid that the end of the former grant left', async () => {
    const old = await stage.tokens(client, browser);
    // As if the transaction had deleted the most that it deletes at once.
    await stage.system.query(
      `DO $$ BEGIN PERFORM set_config('gatehouse.deleted_tokens', '12000', true);
         DELETE FROM oauth_grant; END $$`,
    );
    const { refresh_token: token } = old;
    const expectRefused = async () => {
      const { status, body } = await stage.refresh(client, token);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
      const shown = await stage.ask({ token }, { secretOf: client, endpoint: 'introspect' });
      expect(shown.body).toEqual({ active: false });
    };
    await expectRefused();
    const fresh = await stage.tokens(client, browser);
    await expectRefused();
    await expectGoodEverywhere(fresh.access_token);
    expect((await stage.refresh(client, fresh.refresh_token)).status).toBe(200);
    const left = await stage.system.query(`SELECT id FROM oauth_refresh_token ${OF_USER}`, [
      user.id,
      client.clientId,
    ]);
    expect(left).toHaveLength(3);
  });

  it('of a generation ends the former one of its session', async () => {
    const old = await stage.tokens(client, browser);
    await endGeneration();
    const fresh = await stage.tokens(client, browser);
    await expectGoodEverywhere(fresh.access_token);
    expect((await stage.refresh(client, old.refresh_token)).status).toBe(400);
    const events = await stage.system.query(
      `SELECT FROM access_event WHERE kind = 'grant-ended' AND data ->> 'clientId' = $1
          AND data ->> 'sessionId' IN (SELECT id FROM session WHERE user_id = $2)`,
      [client.clientId, user.id],
    );
    expect(events).toHaveLength(1);
    expect((await stage.refresh(client, fresh.refresh_token)).status).toBe(200);
  });

  it('does not make a code valid that is older than its consent', async () => {
    const code = await stage.code(client, browser);
    await statement(NARROWINGS[1]![1])();
    await stage.tokens(client, browser, { scope: 'openid' });
    const answer = await stage.exchange(client, code);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });
});

describe('a new consent', () => {
  it('does not make a code valid that is older', async () => {
    const code = await stage.code(client, browser);
    await deleteConsent();
    const fresh = await stage.tokens(client, browser);
    // As if the user had given it a second later: codes have whole seconds.
    await statement(
      `UPDATE oauth_consent SET created_at = created_at + interval '1 s' ${OF_USER}`,
    )();
    const answer = await stage.exchange(client, code);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    await expectGoodEverywhere(fresh.access_token);
  });
});

describe('a grant that ends while its refresh token is inserted', () => {
  holdUpAt('INSERT');

  async function expectNoTokens(): Promise<void> {
    // Tokens that outlive their session have none.
    const left = await stage.system.query(
      `SELECT id FROM oauth_refresh_token ${OF_USER} AND session_id IS NOT NULL`,
      [user.id, client.clientId],
    );
    expect(left).toEqual([]);
  }

  it.each<[string, () => Promise<unknown>]>([
    ['the user takes the consent back', deleteConsent],
    ['the user is banned', statement(ENDS[0]![1])],
  ])('leaves no token: exchange, %s', async (_title, change) => {
    await stage.tokens(client, browser);
    const code = await stage.code(client, browser);
    const request = () => stage.exchange(client, code);
    const { status, body } = await changeDuring({ holder, request, change });
    expect([status, body.error, body.refresh_token]).toEqual([400, 'invalid_grant', undefined]);
    await expectNoTokens();
  });

  it('leaves no token: exchange, the user takes the consent back and gives a smaller one', async () => {
    const code = await stage.code(client, browser);
    let fresh: Tokens;
    const { status, body } = await changeDuring({
      holder,
      request: () => stage.exchange(client, code),
      change: async () => {
        await deleteConsent();
        fresh = await stage.tokens(client, browser, { scope: 'openid profile' });
      },
    });
    expect([status, body.error, body.refresh_token]).toEqual([400, 'invalid_grant', undefined]);
    await expectNoTokens();
    await expectGoodEverywhere(fresh!.access_token);
  });

  /** A renewal has locked the grant: the end waits for it. */
  it.each<[string, (tokens: Tokens) => Promise<unknown>]>([
    ['the user takes the consent back', deleteConsent],
    ['the token is used twice', (old) => stage.refresh(client, old.refresh_token)],
    ['the client gives the token back', (old) => revoke(old.refresh_token)],
    ['the user signs out', statement(ENDS[2]![1])],
    ['the user is deleted', statement(ENDS[3]![1])],
  ])('leaves no token: renewal, %s', async (_title, end) => {
    const old = await stage.tokens(client, browser);
    let ending: Promise<unknown>;
    const { status } = await changeDuring({
      holder,
      request: () => stage.refresh(client, old.refresh_token),
      change: () => {
        ending = end(old);
        return eventually(async () => expect(await countWaiting()).toBe(2));
      },
    });
    expect(status).toBe(200);
    await ending!;
    await expectNoTokens();
  });
});

describe('a grant that ends before its renewal', () => {
  it.each([NARROWINGS[0]!, NARROWINGS[1]!, ...ENDS])(
    'refuses it, when %s in a transaction for which it waits',
    async (_title, sql) => {
      const { refresh_token: token } = await stage.tokens(client, browser);
      const writer = new PgClient(stage.system.database.url);
      await writer.connect();
      await writer.query('BEGIN');
      await writer.query(sql, [user.id, client.clientId]);
      const renewal = stage.refresh(client, token);
      await eventually(async () => expect(await isWaitingForLock()).toBe(true));
      await writer.query('COMMIT');
      await writer.end();
      const { status, body } = await renewal;
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    },
  );

  it('refuses it, when the client is disabled during the renewal', async () => {
    const { refresh_token: token } = await stage.tokens(client, browser);
    const writer = new PgClient(stage.system.database.url);
    await writer.connect();
    await writer.query('BEGIN');
    // The renewal has found an enabled client, and waits to read its grant.
    await writer.query('LOCK TABLE oauth_grant IN ACCESS EXCLUSIVE MODE');
    const renewal = stage.refresh(client, token);
    await eventually(async () => expect(await isWaitingForLock()).toBe(true));
    await writer.query(DISABLED[1], [user.id, client.clientId]);
    await writer.query('COMMIT');
    await writer.end();
    const { status, body } = await renewal;
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    await restoreClient();
    expect((await stage.refresh(client, token)).status).toBe(200);
  });
});

describe('a refresh token that two requests use at once', () => {
  holdUpAt('UPDATE OF revoked');

  /** Both have read it before one of them marks it as used. */
  it('ends its grant, also for the one that gets tokens', async () => {
    const { refresh_token: token } = await stage.tokens(client, browser);
    const elsewhere = await stage.tokens(client, await Browser.signedIn(stage.system, user.email));
    const use = () => stage.refresh(client, token);
    let second: ReturnType<typeof use>;
    const first = await changeDuring({
      holder,
      request: use,
      change: () => {
        second = use();
        return eventually(async () => expect(await countWaiting()).toBe(2));
      },
    });
    const answers = [first, await second!];
    const refused = answers.filter(({ body }) => body.error === 'invalid_grant');
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { body } of answers) {
      if (body.refresh_token === undefined) continue;
      expect((await stage.refresh(client, body.refresh_token)).status).toBe(400);
      await expectRefusedEverywhere(body.access_token);
    }
    await expectGoodEverywhere(elsewhere.access_token);
  });
});

describe('a first consent', () => {
  it('is added to the one that another request inserts at the same time', async () => {
    const pkce = makePkce();
    const page = await browser.follow(stage.authorization(client.clientId, pkce));
    expect(page.pathname).toBe('/consent');
    const writer = new PgClient(stage.system.database.url);
    await writer.connect();
    await writer.query('BEGIN');
    await writer.query(
      `INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at)
       VALUES ('of-' || $1, $2, $1, '["openid", "users:read"]', now(), now())`,
      [user.id, client.clientId],
    );
    const answer = browser.answerConsent(page, {});
    await eventually(async () => expect(await isWaitingForLock()).toBe(true));
    await writer.query('COMMIT');
    await writer.end();
    const code = (await answer).searchParams.get('code')!;
    const rows = await stage.system.query(`SELECT id, scopes FROM oauth_consent ${OF_USER}`, [
      user.id,
      client.clientId,
    ]);
    const scopes = ['users:read', 'openid', 'profile', 'email', 'offline_access'];
    expect(rows).toEqual([{ id: `of-${user.id}`, scopes }]);
    const callback = await answer;
    const tokens = await stage.exchange(client, { code, verifier: pkce.verifier, callback });
    expect(tokens.status).toBe(200);
  });
});

describe('a service account', () => {
  it('has no grant: revocation returns an error', async () => {
    const serviceAccount = await stage.register({ type: 'machine' });
    const { access_token: token } = (await stage.serviceAccountToken(serviceAccount)).body;
    const answer = await revoke(token, serviceAccount);
    expect([answer.status, answer.body.error]).toEqual([400, 'unsupported_token_type']);
  });
});

it('a revocation by a client is recorded once', async () => {
  const honest = await stage.register({ type: 'confidential' });
  const { access_token: token } = await stage.tokens(honest, browser);
  await revoke(token, honest);
  await revoke(token, honest);
  const events = await stage.system.query(
    `SELECT actor_type, subject_id, ip_address IS NOT NULL AS "hasAddress",
            request_id IS NOT NULL AS "hasRequest"
       FROM audit_event WHERE action = 'oauth.tokens_revoked' AND actor_id = $1`,
    [honest.clientId],
  );
  expect(events).toEqual([
    { actor_type: 'client', subject_id: honest.clientId, hasAddress: true, hasRequest: true },
  ]);
});
