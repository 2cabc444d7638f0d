import { Client } from 'pg';
import { eventually, modeOf } from './readiness';
import { makePerson, type Person, type Stage, visit } from './stage';
import { ADMINISTRATOR } from './ways';
import { PostgresWire } from '../support/servers/postgres-wire';
import { ReplicaProcess } from '../support/processes/replica-process';
import { System } from '../support/system';

let system: System;
let wire: PostgresWire;
let stage: Stage;
let person: Person;

/** A replica whose statements are recorded, except those of its listening connection. */
async function startReplica(env: NodeJS.ProcessEnv = {}): Promise<ReplicaProcess> {
  const databaseUrl = wire.via(system.settings.databaseUrl);
  return ReplicaProcess.start({ settings: { ...system.settings, databaseUrl }, env });
}

beforeAll(async () => {
  system = await System.start();
  wire = await PostgresWire.before(system.settings.databaseUrl);
  const sql = new Client(system.database.url);
  await sql.connect();
  const { accessToken, refreshToken: sessionToken } = await system.signIn(ADMINISTRATOR);
  const { authUrl } = system.settings;
  stage = { authUrl, replicas: [], sql, admin: { accessToken, sessionToken } };
});

beforeEach(async () => {
  person = await makePerson(stage);
});

afterAll(async () => {
  await stage.sql.end();
  await wire.close();
  await system.stop();
});

describe('queries of a replica in LIVE mode', () => {
  let replica: ReplicaProcess;

  beforeAll(async () => {
    replica = await startReplica();
    await eventually(() => modeOf(replica.url), 'live');
  });

  afterAll(() => replica.stop());

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
    await stage.sql.query(`UPDATE "user" SET name = 'Other' WHERE id = $1`, [person.id]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const sent = await statementsOf(async () => {
      expect(await readProfile(replica)).toMatchObject({ name: 'Other' });
      await readProfile(replica);
    });
    expect(sent).toHaveLength(1);
  });

  it('reads a profile that is too long to be held for each request', async () => {
    await stage.sql.query(`UPDATE "user" SET name = repeat('x', 2000) WHERE id = $1`, [person.id]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await readProfile(replica);
    const sent = await statementsOf(() => readProfile(replica));
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toContain('session');
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
    await stage.sql.query(`UPDATE "user" SET ban_expires = now() WHERE id = $1`, [person.id]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const sent = await statementsOf(async () => {
      for (let count = 0; count < 10; count += 1) await refusedElsewhere(replica);
    });
    expect(sent).toHaveLength(1);
  });

  it('keeps a session that is extended', async () => {
    await refusedElsewhere(replica);
    await stage.sql.query(
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
  ])('sends in %s mode %i for each request', async (mode, count) => {
    const replica = await startReplica({ ACCESS_CHECK: mode });
    await refusedElsewhere(replica);
    const sent = await statementsOf(async () => {
      for (let times = 0; times < 10; times += 1) await refusedElsewhere(replica);
    });
    await replica.stop();
    expect(sent).toHaveLength(10 * count);
  });

  it('sends in strict mode one query for the session and the profile', async () => {
    const replica = await startReplica({ ACCESS_CHECK: 'strict' });
    await readProfile(replica);
    const sent = await statementsOf(() => readProfile(replica));
    await replica.stop();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('"session"');
  });

  it('sends in token mode one query for the profile', async () => {
    const replica = await startReplica({ ACCESS_CHECK: 'token' });
    await readProfile(replica);
    const sent = await statementsOf(() => readProfile(replica));
    await replica.stop();
    expect(sent).toHaveLength(1);
  });
});

async function readProfile({ url }: ReplicaProcess): Promise<unknown> {
  const answer = await visit(`${url}/api/v1/users/me`, { bearer: person.accessToken });
  if (answer.status !== 200) throw new Error(`answers ${answer.status}`);
  return answer.body;
}

/** A request that is authorized and then refused by the route without a query. */
async function refusedElsewhere({ url }: ReplicaProcess): Promise<void> {
  const answer = await visit(`${url}/api/v1/users/someone-else`, { bearer: person.accessToken });
  if (answer.status !== 403) throw new Error(`answers ${answer.status}`);
}

/** Periodic statements: proofs, withdrawn keys, retention of the audit log. */
const BY_TIME =
  /^\s*(?:START TRANSACTION|COMMIT|ROLLBACK|DELETE)|advisory|pg_notify|FROM jwks|audit_|idempotency/;

/** Statements of requests in the meantime. */
async function statementsOf(act: () => Promise<unknown>): Promise<string[]> {
  const from = wire.statements.length;
  await act();
  return wire.statements.slice(from).filter((text) => !BY_TIME.test(text));
}
