import { Client } from 'pg';
import { IdempotencyStage, newUser, USERS } from './idempotency-stage';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { type ExtraReplica, startExtraReplica } from '../support/processes/extra-replica';
import { expectProblem } from '../support/problems';
import { TcpProxy } from '../support/servers/tcp-proxy';

let stage: IdempotencyStage;
let authLink: TcpProxy;
let replica: ExtraReplica;

beforeAll(async () => {
  stage = await IdempotencyStage.start();
  const { settings } = stage.system;
  authLink = await TcpProxy.before(settings.authInternalUrl);
  const authInternalUrl = authLink.via(settings.authInternalUrl).replace(/\/$/, '');
  replica = await startExtraReplica({ ...settings, authInternalUrl });
});

afterAll(async () => {
  await replica.app.close();
  await authLink.cut();
  await stage.stop();
});

describe('a repeat of a request with an unknown outcome', () => {
  it('is in doubt when the connection to the auth server ends after the request was sent', async () => {
    const body = newUser();
    const release = await holdUsers();
    const caller = new Caller(replica.url, stage.admin.accessToken);
    const first = caller.post(USERS, body, { 'idempotency-key': 'reset' });
    await untilWaiting();
    await authLink.cut();
    expectProblem(await first, 'auth_server_unavailable');
    await release();
    await eventually(async () => expect(await countUsers(body.email)).toBe(1));
    await authLink.restore();
    await expectDoubt(body, 'reset');
  });

  it('is in doubt when the replica loses the database before it stores the response', async () => {
    const body = newUser();
    const release = await holdUsers();
    const first = stage.create(body, 'lost');
    await untilWaiting();
    await stage.system.databaseLink.cut();
    await release();
    await first;
    await stage.system.databaseLink.restore();
    await stage.system.query(
      'UPDATE idempotency_key SET lease_expires_at = now() WHERE answer IS NULL',
    );
    await eventually(() => expectDoubt(body, 'lost'));
  });
});

async function expectDoubt(body: { email: string }, key: string): Promise<void> {
  for (const index of [0, 1]) {
    expectProblem(await stage.create(body, key, index), 'outcome_unknown');
  }
  expect(await countUsers(body.email)).toBe(1);
}

async function countUsers(email: string): Promise<number> {
  return (await stage.system.query(`SELECT 1 FROM "user" WHERE email = $1`, [email])).length;
}

/** From now on every write of a user waits until release. */
async function holdUsers(): Promise<() => Promise<void>> {
  const client = new Client(stage.system.database.url);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE "user" IN SHARE MODE');
  return () => client.end();
}

/** The auth server works on the request. */
async function untilWaiting(): Promise<void> {
  await eventually(async () => {
    const waiting = await stage.system.query(
      `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '"user"'::regclass`,
    );
    expect(waiting).toHaveLength(1);
  });
}
