import { Client } from 'pg';
import { eventually, modeOf } from './readiness';
import { type AccessFixture, makePerson, type Person, visit } from './access-fixture';
import { ADMINISTRATOR } from './access-changes';
import { OAuthStage } from '../oauth/stage';
import { Caller } from '../support/caller';
import { reservePorts } from '../support/ports';
import { exchange } from '../support/raw-http';
import { type Hosted, startHosted } from '../support/processes/system-host';
import { settingsAs } from '../support/servers/database-logins';
import { eventually as until } from '../support/eventually';
import { PostgresWire } from '../support/servers/postgres-wire';
import { System } from '../support/system';
import type { AccessCheck } from '../../runtime/settings/load';

/** So that a proof that is late on a busy host does not end the mode. */
const LONGEST_LEASE_MS = 60_000;

/** A replica whose statements are recorded, except those of its listening connection. */
type Replica = Hosted & { url: string };

let system: System;
let wire: PostgresWire;
let fixture: AccessFixture;
let person: Person;
const replicas = new Map<AccessCheck, Replica>();
/** Tokens of a service account, of one that is disabled, and of a client that acts for a user. */
const clientTokens = new Map<string, string>();

beforeAll(async () => {
  system = await System.start();
  wire = await PostgresWire.before(system.settings.databaseUrl);
  const sql = new Client(system.database.url);
  await sql.connect();
  const { accessToken, refreshToken: sessionToken } = await system.signIn(ADMINISTRATOR);
  const { authUrl } = system.settings;
  fixture = { authUrl, replicas: [], sql, admin: { accessToken, sessionToken } };
  await issueClientTokens();
  for (const mode of ['live', 'strict', 'token'] as const) await startReplica(mode);
  await eventually(() => modeOf(replicaIn('live').url), 'live');
});

beforeEach(async () => {
  person = await makePerson(fixture);
});

afterAll(async () => {
  for (const replica of replicas.values()) await replica.stop();
  await fixture.sql.end();
  await wire.close();
  await system.stop();
});

async function startReplica(accessCheck: AccessCheck): Promise<void> {
  const databaseUrl = wire.via(system.settings.databaseUrl);
  const settings = settingsAs('api', {
    ...system.settings,
    databaseUrl,
    accessCheck,
    accessLease: LONGEST_LEASE_MS,
  });
  const [port] = await reservePorts(1);
  const { stop } = await startHosted('api', { settings, port: port! });
  replicas.set(accessCheck, { url: `http://localhost:${port}`, stop });
}

function replicaIn(mode: AccessCheck): Replica {
  return replicas.get(mode)!;
}

async function issueClientTokens(): Promise<void> {
  const oauth = await OAuthStage.on(system);
  const { body } = await oauth.serviceAccountToken(await oauth.register({ type: 'machine' }));
  clientTokens.set('service account', body.access_token);
  const { browser } = await oauth.user();
  const tokens = await oauth.tokens(await oauth.register({ type: 'public' }), browser);
  clientTokens.set('client of a user', tokens.access_token);
  const disabled = await oauth.register({ type: 'machine' });
  const answer = await oauth.serviceAccountToken(disabled);
  clientTokens.set('disabled', answer.body.access_token);
  const { clientId } = disabled;
  await system.query('UPDATE oauth_client SET disabled = true WHERE client_id = $1', [clientId]);
}

describe('queries of a replica in LIVE mode', () => {
  let replica: Replica;

  beforeAll(() => {
    replica = replicaIn('live');
  });

  it('sends no query for a request of a known session', async () => {
    await refusedElsewhere(replica);
    const sent = await statementsOf(async () => {
      for (let count = 0; count < 50; count += 1) await refusedElsewhere(replica);
    });
    expect(sent).toEqual([]);
  });

  it('sends no query for the profile of a user that it knows', async () => {
    await readProfile(replica);
    const sent = await statementsOf(async () => {
      for (let count = 0; count < 50; count += 1) await readProfile(replica);
    });
    expect(sent).toEqual([]);
  });

  it('sends one query for the session and the profile after a change of the profile', async () => {
    await readProfile(replica);
    const sent = await statementsOf(async () => {
      await fixture.sql.query(`UPDATE "user" SET name = 'Other' WHERE id = $1`, [person.id]);
      await until(async () => expect(await readProfile(replica)).toMatchObject({ name: 'Other' }));
      await readProfile(replica);
    });
    expect(sent).toHaveLength(1);
  });

  it('reads a profile that is too long to be held for each request', async () => {
    const name = 'x'.repeat(2_000);
    await fixture.sql.query(`UPDATE "user" SET name = $2 WHERE id = $1`, [person.id, name]);
    // The first reads have the new name, and the replica may hear of the change after them.
    await until(async () => {
      const sent = await statementsOf(() => readProfile(replica));
      expect(sent).toHaveLength(1);
      expect(sent[0]).not.toContain('session');
    });
  });

  it('sends one query for many parallel requests of an unknown session', async () => {
    const sent = await statementsOf(() =>
      Promise.all(Array.from({ length: 20 }, () => refusedElsewhere(replica))),
    );
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('"session"');
  });

  it('sends one query after each change, for any number of requests', async () => {
    await refusedElsewhere(replica);
    const sent = await statementsOf(async () => {
      const from = wire.statements.length;
      await fixture.sql.query(`UPDATE "user" SET ban_expires = now() WHERE id = $1`, [person.id]);
      await until(async () => {
        await refusedElsewhere(replica);
        expect(wire.statements.slice(from).join()).toContain('"session"');
      });
      for (let count = 0; count < 10; count += 1) await refusedElsewhere(replica);
    });
    expect(sent).toHaveLength(1);
  });

  it('keeps a session that is extended', async () => {
    await refusedElsewhere(replica);
    await fixture.sql.query(
      `UPDATE session SET expires_at = expires_at + interval '1 h' WHERE id = $1`,
      [person.sessionId],
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await statementsOf(() => refusedElsewhere(replica))).toEqual([]);
  });
});

describe('queries in the other modes', () => {
  it.each([
    ['strict', 1],
    ['token', 0],
  ] as const)('sends in %s mode %i for each request', async (mode, count) => {
    const replica = replicaIn(mode);
    await refusedElsewhere(replica);
    const sent = await statementsOf(async () => {
      for (let times = 0; times < 10; times += 1) await refusedElsewhere(replica);
    });
    expect(sent).toHaveLength(10 * count);
  });

  it('sends in strict mode one query for the session and the profile', async () => {
    await readProfile(replicaIn('strict'));
    const sent = await statementsOf(() => readProfile(replicaIn('strict')));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('"session"');
  });

  it('sends in token mode one query for the profile', async () => {
    await readProfile(replicaIn('token'));
    expect(await statementsOf(() => readProfile(replicaIn('token')))).toHaveLength(1);
  });
});

describe.each(['service account', 'client of a user'])('a request of a %s', (kind) => {
  it.each([
    ['live', 0],
    ['strict', 10],
    ['token', 0],
  ] as const)('costs in %s mode, once it is known, %i queries for ten', async (mode, count) => {
    const ask = () => refuseTen(replicaIn(mode), clientTokens.get(kind)!);
    const first = await statementsOf(ask);
    if (mode === 'live') {
      expect(first).toHaveLength(1);
      expect(first[0]).toContain('oauth_client');
    }
    expect(await statementsOf(ask)).toHaveLength(count);
  });
});

describe('requests that arrive together in strict mode', () => {
  it.each(['service account', 'client of a user', 'session'])(
    'share one query: of a %s',
    async (kind) => {
      const tokens = Array<string>(10).fill(clientTokens.get(kind) ?? person.accessToken);
      await together(tokens);
      const sent = await statementsOf(async () => {
        expect(await together(tokens)).toEqual(Array(10).fill(403));
      });
      expect(sent).toHaveLength(1);
    },
  );

  it('are judged by their own session and client', async () => {
    const [ended, other] = [await makePerson(fixture), await makePerson(fixture)];
    await fixture.sql.query('DELETE FROM session WHERE id = $1', [ended.sessionId]);
    const client = clientTokens.get('client of a user')!;
    const disabled = clientTokens.get('disabled')!;
    const tokens = [person.accessToken, ended.accessToken, client, disabled, other.accessToken];
    expect(await together(tokens)).toEqual([403, 401, 403, 401, 403]);
  });
});

/** @returns the statuses of requests that a strict replica reads in one turn of its event loop. */
async function together(tokens: string[]): Promise<number[]> {
  const requests = tokens.map((token, index) => [
    'GET /api/v1/users/someone-else HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    `Connection: ${index === tokens.length - 1 ? 'close' : 'keep-alive'}`,
    '\r\n',
  ]);
  const bytes = requests.map((lines) => lines.join('\r\n')).join('');
  const { status, text } = await exchange(replicaIn('strict').url, bytes);
  return [status, ...Array.from(text.matchAll(/HTTP\/1\.1 (\d+)/g), ([, code]) => Number(code))];
}

/** Ten requests that are authorized, and then refused without a query. */
async function refuseTen({ url }: Replica, token: string): Promise<void> {
  for (let times = 0; times < 10; times += 1) {
    const { status } = await new Caller(url, token).post('/api/v1/auth/sign-out');
    if (status !== 403) throw new Error(`answers ${status}`);
  }
}

async function readProfile({ url }: Replica): Promise<unknown> {
  const answer = await visit(`${url}/api/v1/users/me`, { bearer: person.accessToken });
  if (answer.status !== 200) throw new Error(`answers ${answer.status}`);
  return answer.body;
}

/** A request that is authorized and then refused by the route without a query. */
async function refusedElsewhere({ url }: Replica): Promise<void> {
  const answer = await visit(`${url}/api/v1/users/someone-else`, { bearer: person.accessToken });
  if (answer.status !== 403) throw new Error(`answers ${answer.status}`);
}

/**
 * Periodic statements: proofs, withdrawn keys, retention of the audit log; and the limits of a new
 * connection.
 */
const BY_TIME =
  /^\s*(?:START TRANSACTION|COMMIT|ROLLBACK|DELETE|SET)\b|advisory|pg_notify|FROM jwks|audit_|idempotency/;

/** Statements of requests in the meantime. */
async function statementsOf(act: () => Promise<unknown>): Promise<string[]> {
  const from = wire.statements.length;
  await act();
  return wire.statements.slice(from).filter((text) => !BY_TIME.test(text));
}
