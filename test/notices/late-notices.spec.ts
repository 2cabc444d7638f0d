import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Caller } from '../support/caller';
import { readMails } from '../support/client/mailbox';
import { eventually } from '../support/eventually';
import { type ExtraReplica, startExtraReplica } from '../support/processes/extra-replica';
import { TcpProxy } from '../support/servers/tcp-proxy';
import { System } from '../support/system';

/** How long the row is locked, and how long a call of the auth server may take by itself. */
const [LOCK_MS, CALL_LIMIT_MS] = [1_500, 4_500];

let system: System;
let authLink: TcpProxy;
let replica: ExtraReplica;
let holder: Client;

beforeAll(async () => {
  system = await System.start();
  const { settings } = system;
  authLink = await TcpProxy.before(settings.authInternalUrl);
  const authInternalUrl = authLink.via(settings.authInternalUrl).replace(/\/$/, '');
  replica = await startExtraReplica({ ...settings, authInternalUrl });
  holder = new Client(system.database.url);
  await holder.connect();
});

afterAll(async () => {
  await holder.end();
  await replica.app.close();
  await authLink.cut();
  await system.stop();
});

afterEach(() => authLink.restore());

it('the owner is informed when the session of the administrator ends before the notice', async () => {
  const { id, email } = await system.asUser();
  const { id: administratorId, accessToken } = await system.asNewAdmin();
  authLink.blackHole();
  const caller = new Caller(replica.url, accessToken);
  const body = { email: 'next@example.com' };
  const change = caller.patch(`/api/v1/admin/users/${id}`, body);
  await eventually(async () => {
    expect(await system.query('SELECT email FROM "user" WHERE id = $1', [id])).toEqual([body]);
  });
  await system.query('DELETE FROM session WHERE user_id = $1', [administratorId]);
  await authLink.restore();
  expect((await change).status).toBe(200);
  await eventually(async () => {
    const subjects = (await readMails(system, email)).map(({ subject }) => subject);
    expect(subjects).toContain('Your e-mail address was changed');
  });
});

it('a change is answered in time when its notice is not', async () => {
  const { id } = await system.asUser();
  const { accessToken } = await system.asAdmin();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM "user" WHERE id = $1 FOR UPDATE', [id]);
  authLink.blackHole();
  const caller = new Caller(replica.url, accessToken);
  const change = caller.patch(`/api/v1/admin/users/${id}`, { email: 'other@example.com' });
  await eventually(async () => {
    const waiting = await system.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(waiting).toHaveLength(1);
  });
  await sleep(LOCK_MS);
  const releasedAt = performance.now();
  await holder.query('COMMIT');
  expect((await change).status).toBe(200);
  expect(performance.now() - releasedAt).toBeLessThan(CALL_LIMIT_MS);
});

it('the owner is informed of a change that was made while the auth server could not be reached', async () => {
  const { id, email } = await system.asUser();
  const { accessToken } = await system.asAdmin();
  await authLink.cut();
  const caller = new Caller(replica.url, accessToken);
  const path = `/api/v1/admin/users/${id}`;
  expect((await caller.delete(`${path}/sign-in-methods`)).status).toBe(204);
  expect((await caller.patch(path, { email: `next-${email}` })).status).toBe(200);
  await system.query(`UPDATE owner_notice SET created_at = now() - interval '16 s'`);
  await eventually(async () => {
    const subjects = [
      ...(await readMails(system, email)),
      ...(await readMails(system, `next-${email}`)),
    ];
    expect(subjects.map(({ subject }) => subject).toSorted()).toEqual([
      'An administrator removed all sign-in methods of your account',
      'Your e-mail address was changed',
    ]);
  });
  expect(await system.query('SELECT FROM owner_notice')).toEqual([]);
});
