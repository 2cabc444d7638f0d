import { Controller, Get, Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { InjectDataSource } from '@nestjs/typeorm';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { createLogger } from '../../runtime/logger';
import { createApi } from '../../src/app.setup';
import { Public } from '../../src/auth/public.decorator';
import { Endpoint } from '../../src/common/openapi/endpoint.decorator';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { listenAsReplica } from '../support/processes/extra-replica';
import { settingsAs } from '../support/servers/database-logins';
import { type SignedInUser, System } from '../support/system';

const ME = '/api/v1/users/me';

/** Connections of the API: half of them for one caller. */
const POOL = 4;

/** Of a session, which a route without a token waits for. */
const LOCK = 20_261_128;

@Controller({ path: 'open', version: '1' })
class OpenController {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  @Get()
  @Public()
  @Endpoint({
    summary: 'Read',
    operationId: 'readOpen',
    answers: { 200: { description: 'Nothing', schema: z.object({}) } },
  })
  async read(): Promise<object> {
    await this.dataSource.query('SELECT pg_advisory_xact_lock_shared($1)', [LOCK]);
    return {};
  }
}

@Module({ controllers: [OpenController] })
class OpenModule {}

let system: System;
let holder: Client;

beforeAll(async () => {
  system = await System.start({ env: { DATABASE_POOL_MAX: String(POOL) } });
  holder = new Client(system.database.url);
  await holder.connect();
});

afterAll(async () => {
  await holder.end();
  await system.stop();
});

/** Holds the rows until the work is done. */
async function whileHeld(users: SignedInUser[], work: () => Promise<void>): Promise<void> {
  await holder.query('BEGIN');
  await holder.query('SELECT FROM "user" WHERE id = ANY ($1) FOR UPDATE', [
    users.map(({ id }) => id),
  ]);
  try {
    await work();
  } finally {
    await holder.query('ROLLBACK');
  }
}

/** Transactions of the API that wait for a lock. */
async function countWaiting(): Promise<number> {
  const rows = await system.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length;
}

const rename = ({ caller }: SignedInUser) => caller.patch(ME, { name: 'Changed' });
const statusesOf = async (answers: Promise<{ status: number }>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);

it('one caller uses at most half of the connections, also while its statements wait', async () => {
  const [admin, ben, target] = await Promise.all([
    system.asAdmin(),
    system.asUser(),
    system.asUser(),
  ]);
  const path = `/api/v1/admin/users/${target.id}`;
  let changes: Promise<{ status: number }>[] = [];
  await whileHeld([target], async () => {
    changes = Array.from({ length: 3 * POOL }, () => admin.caller.patch(path, { name: 'Changed' }));
    await eventually(async () => expect(await countWaiting()).toBe(POOL / 2));
    expect((await ben.caller.get(`${ME}/sessions`)).status).toBe(200);
    expect(await countWaiting()).toBe(POOL / 2);
  });
  expect(new Set(await statusesOf(changes))).toEqual(new Set([200]));
});

it('one address uses at most half of the connections on routes without a token', async () => {
  const ben = await system.asUser();
  const app = await createApi(settingsAs('api', system.settings), createLogger('api', 'silent'));
  await app.get(LazyModuleLoader).load(() => OpenModule);
  const replica = await listenAsReplica(app);
  try {
    await holder.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const open = Array.from({ length: 3 * POOL }, () => fetch(`${replica.url}/api/v1/open`));
    await eventually(async () => expect(await countWaiting()).toBe(POOL / 2));
    const caller = new Caller(replica.url, ben.accessToken);
    expect((await caller.get(`${ME}/sessions`)).status).toBe(200);
    expect(await countWaiting()).toBe(POOL / 2);
    await holder.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    expect(new Set(await statusesOf(open))).toEqual(new Set([200]));
  } finally {
    await app.close();
  }
});

it('changes of one user to the own row wait without a connection', async () => {
  const ada = await system.asUser();
  let changes: Promise<{ status: number }>[] = [];
  await whileHeld([ada], async () => {
    changes = Array.from({ length: 3 * POOL }, () => rename(ada));
    await eventually(async () => expect(await countWaiting()).toBe(1));
    expect((await ada.caller.get(`${ME}/sessions`)).status).toBe(200);
    expect(await countWaiting()).toBe(1);
  });
  expect(new Set(await statusesOf(changes))).toEqual(new Set([200]));
});

it('access is checked live while all connections are in use', async () => {
  const ben = await system.asUser();
  const others = await Promise.all(Array.from({ length: POOL }, () => system.asUser()));
  await ben.caller.get(ME);
  let changes: Promise<{ status: number }>[] = [];
  await whileHeld(others, async () => {
    changes = others.map(rename);
    await eventually(async () => expect(await countWaiting()).toBe(POOL));
    const before = await proofsOf();
    // Two leases have ended.
    await eventually(async () => expect(await proofsOf()).toBeGreaterThan(before + 8));
    expect((await ben.caller.get(ME)).status).toBe(200);
    expect(await countWaiting()).toBe(POOL);
  });
  expect(new Set(await statusesOf(changes))).toEqual(new Set([200]));
});

/** The proofs of live access that have returned. */
async function proofsOf(): Promise<number> {
  const text = await (await fetch(`${system.apiUrl}/metrics`)).text();
  return Number(/^gatehouse_access_notification_seconds_count\S* (\d+)/m.exec(text)![1]);
}
