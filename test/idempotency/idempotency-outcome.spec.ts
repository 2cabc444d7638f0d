import { once } from 'node:events';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { IdempotencyStage, newUser, USERS } from './idempotency-stage';
import type * as limits from '../../runtime/database/database-limits';
import type * as workRecord from '../../src/common/work-record';
import type * as dataSources from '../../src/database/repeating-data-source';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { loadNatively } from '../support/native/load';
import { type ExtraReplica, startExtraReplica } from '../support/processes/extra-replica';
import { ReplicaProcess, toEnvironment } from '../support/processes/replica-process';
import { expectProblem } from '../support/problems';
import { ServerProcess } from '../operations/processes';
import { settingsAs } from '../support/servers/database-logins';
import { TcpProxy } from '../support/servers/tcp-proxy';

/** How long the claim of a key waits, and the time that the API gives to all calls of a request. */
const [CLAIM_MS, CALL_LIMIT_MS] = [1_500, 4_500];

const IN_DOUBT = { body: { code: 'outcome_unknown' } };

const RESOURCES = '/api/v1/admin/resources';
const RESOURCE = {
  identifier: 'https://invoices.example',
  name: 'Invoices',
  scopes: [{ name: 'invoices:read', description: 'see your invoices' }],
};

const { DATABASE_LIMITS } = loadNatively('runtime/database/database-limits') as typeof limits;

let stage: IdempotencyStage;
let authLink: TcpProxy;
let replica: ExtraReplica;
/** Ends what a test has started, also when it fails. */
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  stage = await IdempotencyStage.start();
  const { settings } = stage.system;
  authLink = await TcpProxy.before(settings.authInternalUrl);
  const authInternalUrl = authLink.via(settings.authInternalUrl).replace(/\/$/, '');
  replica = await startExtraReplica({ ...settings, authInternalUrl });
});

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
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
    await release();
    expectProblem(await first, 'auth_server_unavailable');
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
    await endLeases();
    await eventually(() => expectDoubt(body, 'lost'));
  });

  it('is in doubt when no part answers: the request waits for all parts within one time', async () => {
    const holder = new Client(stage.system.database.url);
    await holder.connect();
    endings.push(
      () => holder.end(),
      () => authLink.restore(),
    );
    const hold = 'BEGIN; LOCK TABLE idempotency_key IN SHARE MODE';
    await holder.query(hold);
    authLink.blackHole();
    const calls = callsOfAuthServer();
    const body = newUser();
    const caller = new Caller(replica.url, stage.admin.accessToken);
    const first = caller.post(USERS, body, { 'idempotency-key': 'silence' });
    await untilWaiting('idempotency_key');
    await sleep(CLAIM_MS);
    const claimedAt = performance.now();
    await holder.query('COMMIT');
    await eventually(() => expect(calls).toHaveLength(1));
    await holder.query(hold);
    expectProblem(await first, 'auth_server_unavailable');
    expect(performance.now() - claimedAt).toBeLessThan(CALL_LIMIT_MS);
    await holder.query('COMMIT');
    await eventually(() => expect(stage.create(body, 'silence')).resolves.toMatchObject(IN_DOUBT));
  });

  it('is in progress, then in doubt, when the API is killed during the work', async () => {
    const killed = await ReplicaProcess.start({ settings: stage.system.settings });
    endings.push(() => killed.crash());
    const body = newUser();
    const release = await holdUsers();
    const caller = new Caller(killed.url, stage.admin.accessToken);
    const first = caller.post(USERS, body, { 'idempotency-key': 'api' });
    await untilWaiting();
    await Promise.all([killed.crash(), release(), expect(first).rejects.toThrow()]);
    await eventually(async () => expect(await countUsers(body.email)).toBe(1));
    expectProblem(await stage.create(body, 'api'), 'idempotency_in_progress');
    await endLeases();
    await expectDoubt(body, 'api');
  });

  it('is in doubt when the auth server is killed during the work', async () => {
    const { settings } = stage.system;
    await stage.system.stopAuthServer();
    const killed = await ServerProcess.start('auth-server/main.ts', {
      url: settings.authUrl,
      env: toEnvironment(settingsAs('authServer', settings)),
    });
    endings.push(() => killed.signal('SIGKILL'));
    const body = newUser();
    const release = await holdUsers();
    const first = stage.create(body, 'auth-server');
    await untilWaiting();
    killed.signal('SIGKILL');
    expectProblem(await first, 'auth_server_unavailable');
    await release();
    await stage.system.startAuthServer();
    for (const index of [0, 1]) {
      expectProblem(await stage.create(body, 'auth-server', index), 'outcome_unknown');
    }
    await eventually(async () => expect(await connectionsThatWork()).toBe(0));
    expect(await countUsers(body.email)).toBeLessThanOrEqual(1);
  });
});

it('a request refused behind others of its caller has done nothing: its key is free', async () => {
  const { settings } = stage.system;
  const small = await startExtraReplica({ ...settings, databasePoolMax: 2 });
  const wait = DATABASE_LIMITS.connect;
  endings.push(
    () => small.app.close(),
    () => Object.assign(DATABASE_LIMITS, { connect: wait }),
  );
  // As in production.
  Object.assign(DATABASE_LIMITS, { connect: 2_000 });
  const caller = new Caller(small.url, stage.admin.accessToken);
  const target = await stage.system.asUser();
  const [releaseUsers, releaseKeys] = await Promise.all([holdUsers(), holdKeys()]);
  endings.unshift(releaseUsers, releaseKeys);
  const create = () => caller.post(RESOURCES, RESOURCE, { 'idempotency-key': 'behind' });
  const first = create();
  await untilWaiting('idempotency_key');
  const arrived = once(small.app.getHttpServer(), 'request');
  const change = caller.patch(`${USERS}/${target.id}`, { name: 'Changed' });
  await arrived;
  await caller.get('/api/v1/users/me');
  // The change takes the place of the claim, and waits for the lock.
  await releaseKeys();
  const refused = await first;
  expectProblem(refused, 'too_many_requests');
  expect(refused.headers.get('retry-after')).toBe('1');
  await releaseUsers();
  expect((await change).status).toBe(200);
  expect(await create()).toMatchObject({ status: 201, body: RESOURCE });
});

describe('a refusal of a request', () => {
  const { RepeatingDataSource } = loadNatively(
    'src/database/repeating-data-source',
  ) as typeof dataSources;
  const { runRecorded } = loadNatively('src/common/work-record') as typeof workRecord;
  const WRITE = `UPDATE "user" SET name = name`;

  it.each<[title: string, hasBegun: boolean, work: (dataSource: DataSource) => Promise<unknown>]>([
    ['frees no key after a commit', true, (own) => own.transaction((sql) => sql.query(WRITE))],
    [
      'frees no key after a commit without the helper of TypeORM',
      true,
      async (own) => {
        const runner = own.createQueryRunner();
        await runner.startTransaction();
        await runner.query(WRITE);
        await runner.commitTransaction();
        await runner.release();
      },
    ],
    [
      'frees the key after a rollback, also of what is nested',
      false,
      (own) =>
        own
          .transaction(async (sql) => {
            await sql.transaction((nested) => nested.query(WRITE));
            throw new Error('rolled back');
          })
          .catch(() => {}),
    ],
  ])('%s', async (_title, hasBegun, work) => {
    const token = Object.getPrototypeOf(RepeatingDataSource) as typeof DataSource;
    const record = { hasBegun: false };
    await runRecorded(record, () => work(replica.app.get(token)));
    expect(record).toEqual({ hasBegun });
  });
});

async function expectDoubt(body: { email: string }, key: string): Promise<void> {
  for (const index of [0, 1]) {
    expectProblem(await stage.create(body, key, index), 'outcome_unknown');
  }
  expect(await countUsers(body.email)).toBe(1);
}

/** As after the time in which a process may still work. */
async function endLeases(): Promise<void> {
  await stage.system.query(
    'UPDATE idempotency_key SET lease_expires_at = now() WHERE answer IS NULL',
  );
}

async function connectionsThatWork(): Promise<number> {
  const rows = await stage.system.query(
    `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`,
  );
  return rows.length;
}

async function countUsers(email: string): Promise<number> {
  return (await stage.system.query(`SELECT 1 FROM "user" WHERE email = $1`, [email])).length;
}

/** From now on every write of a user waits until release, at most `DATABASE_LIMITS.lock`. */
async function holdUsers(): Promise<() => Promise<void>> {
  const client = new Client(stage.system.database.url);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE "user" IN SHARE MODE');
  return () => client.end();
}

/** From now on every claim of a key waits until release. */
async function holdKeys(): Promise<() => Promise<void>> {
  const client = new Client(stage.system.database.url);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE idempotency_key IN SHARE MODE');
  return () => client.end();
}

/**
 * A statement waits for the lock of a table; of that of the users: the auth server works. The tables of
 * other test databases have the same number: all are copies of one.
 */
async function untilWaiting(table = '"user"'): Promise<void> {
  await eventually(async () => {
    const waiting = await stage.system.query(
      `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::regclass
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [table],
    );
    expect(waiting).not.toEqual([]);
  });
}

/** The calls of the auth server that the API sends from now on. */
function callsOfAuthServer(): unknown[] {
  const calls: unknown[] = [];
  const note = (message: unknown) => {
    const { path } = (message as { request: { path: string } }).request;
    if (path.endsWith('/admin/create-user')) calls.push(message);
  };
  subscribe('undici:client:sendHeaders', note);
  endings.push(() => unsubscribe('undici:client:sendHeaders', note));
  return calls;
}
