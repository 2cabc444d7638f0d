import { once } from 'node:events';
import { get } from 'node:http';
import { Client } from 'pg';
import { EventStream, type StreamOptions } from './event-stream';
import { SlowReader } from './slow-reader';
import { DELETE_OLD_EVENTS } from '../../runtime/database/access-event-statements';
import { eventually } from '../live-access/readiness';
import { OAuthStage } from '../oauth/stage';
import { Caller } from '../support/caller';
import { eventually as untilHolds } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { System } from '../support/system';

let system: System;
let stage: OAuthStage;
let token: string;
let streams: EventStream[] = [];

beforeAll(async () => {
  system = await System.start({ replicas: 2 });
  stage = await OAuthStage.on(system);
  ({ token } = await addServiceAccount());
});

afterEach(async () => {
  for (const stream of streams) await stream.close();
  streams = [];
});

afterAll(() => system.stop());

async function addServiceAccount() {
  const client = await stage.register({ type: 'machine', scopes: ['access-events:read'] });
  const { body } = await stage.serviceAccountToken(client);
  return { clientId: client.clientId, token: body.access_token };
}

async function open(options: Partial<StreamOptions> = {}): Promise<EventStream> {
  const stream = await EventStream.open({ url: system.apiUrl, token, ...options });
  streams.push(stream);
  await eventually(() => stream.events.length > 0, true);
  return stream;
}

/** What a stream says about one user, without ids and times. */
function about(stream: EventStream, userId: string): object[] {
  return stream.changes
    .filter(({ data }) => data.userId === userId)
    .map(({ kind, data }) => {
      const { eventId: _eventId, time: _time, at: _at, sessionId: _sessionId, ...rest } = data;
      return { kind, ...rest };
    });
}

function idsOf(stream: EventStream, userId?: string): unknown[] {
  return stream.changes
    .filter(({ data }) => userId === undefined || data.userId === userId)
    .map(({ data }) => data.eventId);
}

/** Ten events of 90 kB, as no change of access writes them. */
async function writeLargeEvents(): Promise<void> {
  await system.query(
    `WITH written AS (
       INSERT INTO access_event (kind, data)
       SELECT 'large', jsonb_build_object('text', repeat('x', 90000)) FROM generate_series(1, 10))
     SELECT pg_notify('gatehouse_events', '')`,
  );
}

/** Readers that the first replica has cut off. */
async function countCutOff(): Promise<number> {
  const { body } = await system.asAnonymous().get<string>('/metrics');
  const name = 'gatehouse_access_event_readers_cut_total';
  const [, count] = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(body)!;
  return Number(count);
}

/** Statements that wait for the table of events, which a test has locked. */
async function waitingForEvents(): Promise<number> {
  const sql = `SELECT FROM pg_locks WHERE relation = 'access_event'::regclass AND NOT granted
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return (await system.query(sql)).length;
}

async function connect(): Promise<Client> {
  const client = new Client(system.database.url);
  await client.connect();
  return client;
}

describe('the stream of access events', () => {
  it('tells each change of a user, for every writer, on every replica', async () => {
    const user = await system.asUser();
    const [first, second] = [await open(), await open({ url: system.replicas[1]!.url })];
    await system.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.id]);
    await system.query(`UPDATE "user" SET role = 'user' WHERE id = $1`, [user.id]);
    await stage.admin.caller.put(`/api/v1/admin/users/${user.id}/ban`, {});
    await stage.admin.caller.delete(`/api/v1/admin/users/${user.id}/ban`);
    await stage.admin.caller.delete(`/api/v1/admin/users/${user.id}`);
    for (const stream of [first, second]) {
      await eventually(
        () => about(stream, user.id).some((event) => isKind(event, 'user-deleted')),
        true,
      );
      const told = about(stream, user.id);
      expect(told).toContainEqual({ kind: 'session-ended', userId: user.id });
      expect(
        told.filter((event) => !isKind(event, 'session-ended', 'credentials-changed')),
      ).toEqual([
        { kind: 'role-changed', userId: user.id, role: 'admin' },
        { kind: 'role-changed', userId: user.id, role: 'user' },
        { kind: 'user-banned', userId: user.id, until: null },
        { kind: 'ban-lifted', userId: user.id },
        { kind: 'user-deleted', userId: user.id },
      ]);
    }
  });

  it('tells that a client is disabled, enabled, narrowed and deleted, and not that it is widened', async () => {
    const stream = await open();
    const { clientId } = await addServiceAccount();
    await stage.change(clientId, { disabled: true });
    await stage.change(clientId, { disabled: false });
    await stage.change(clientId, { scopes: ['access-events:read', 'users:read'] });
    await stage.change(clientId, { scopes: ['users:read'] });
    await stage.clients.delete(`/api/v1/admin/clients/${clientId}`);
    const kinds = () =>
      stream.changes.filter(({ data }) => data.clientId === clientId).map(({ kind }) => kind);
    await eventually(() => kinds().includes('client-deleted'), true);
    expect(kinds()).toEqual([
      'client-disabled',
      'client-enabled',
      'client-changed',
      'client-deleted',
    ]);
  });

  it('delivers transactions that commit late, in another order than they wrote', async () => {
    const [early, late] = [await system.asUser(), await system.asUser()];
    const other = await connect();
    await other.query('BEGIN');
    await other.query(`UPDATE "user" SET banned = true WHERE id = $1`, [late.id]);
    const stream = await open();
    await system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [early.id]);
    await eventually(() => about(stream, early.id).length, 2);
    expect(about(stream, late.id)).toEqual([]);
    await eventually(() => stream.lastEventId !== null, true);
    await stream.close();
    await other.query('COMMIT');
    await other.end();
    // The id is from before the commit, and after events that were written later.
    const resumed = await open({
      url: system.replicas[1]!.url,
      lastEventId: stream.lastEventId!,
    });
    await eventually(() => about(resumed, late.id).length, 2);
    // What was read shortly before the interruption can come again, as the same events.
    expect(idsOf(stream)).toEqual(expect.arrayContaining(idsOf(resumed, early.id)));
  });

  it('numbers the changes of one user in their order, also of writers that wait for each other', async () => {
    const user = await system.asUser();
    const stream = await open();
    const [first, second] = [await connect(), await connect()];
    const setRole = `UPDATE "user" SET role = $2 WHERE id = $1`;
    await first.query('BEGIN');
    // Its transaction is the earlier one, and its change the later one.
    await second.query('BEGIN; SELECT pg_current_xact_id()');
    await first.query(setRole, [user.id, 'admin']);
    const waiting = second.query(setRole, [user.id, 'user']);
    await first.query('COMMIT');
    await waiting;
    await second.query('COMMIT');
    await Promise.all([first.end(), second.end()]);
    await eventually(() => about(stream, user.id).length, 2);
    const roles = stream.changes
      .filter(({ data }) => data.userId === user.id)
      .toSorted((a, b) => Number(a.data.eventId) - Number(b.data.eventId));
    expect(roles.map(({ data }) => data.role)).toEqual(['admin', 'user']);
  });

  it('tells nothing of a transaction that is rolled back', async () => {
    const [undone, done] = [await system.asUser(), await system.asUser()];
    const stream = await open();
    await system.query(
      `BEGIN; UPDATE "user" SET banned = true WHERE id = '${undone.id}'; ROLLBACK`,
    );
    await system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [done.id]);
    await eventually(() => about(stream, done.id).length, 2);
    expect(about(stream, undone.id)).toEqual([]);
  });

  it('tells one reload instead of more than 1,000 events of a transaction', async () => {
    await system.query(
      `INSERT INTO "user" (id, name, email, email_verified, created_at, updated_at)
       SELECT 'bulk-' || n, 'Bulk', 'bulk-' || n || '@example.com', true, now(), now()
         FROM generate_series(1, 1001) AS n`,
    );
    const stream = await open();
    await system.query(`UPDATE "user" SET banned = true WHERE id LIKE 'bulk-%'`);
    await eventually(() => stream.changes.length > 0, true);
    expect(stream.changes.map(({ kind }) => kind)).toEqual(['reload']);
  });

  it('tells a ban of a writer that sets the count of the events itself, with one reload', async () => {
    const users = [await system.asUser(), await system.asUser()];
    const stream = await open();
    const writer = await connect();
    await writer.query('SET gatehouse.recorded = 1001');
    await writer.query('BEGIN');
    for (const { id } of users) {
      await writer.query('UPDATE "user" SET banned = true WHERE id = $1', [id]);
    }
    await writer.query('COMMIT');
    await eventually(() => stream.changes.length > 0, true);
    await writer.query('UPDATE "user" SET banned = false WHERE id = $1', [users[0]!.id]);
    await writer.end();
    await eventually(() => stream.changes.length > 1, true);
    expect(stream.changes.map(({ kind }) => kind)).toEqual(['reload', 'reload']);
  });

  it('begins with the events of the given time, and ends without a reader that follows', async () => {
    const user = await system.asUser();
    await system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [user.id]);
    const stream = await open({ replay: 600 });
    await eventually(() => about(stream, user.id).length, 2);
    const { status, body } = await stage.admin.caller.get<string>(
      '/api/v1/access-events?replay=600',
    );
    expect(status).toBe(200);
    expect(body).toContain(user.id);
    expect(body.trim().split('\n\n').at(-1)).toMatch(/^event: current\n/);
  });

  it('is current for a reader that does not follow as of before it was read', async () => {
    const user = await system.asUser();
    // A busy host can take longer than a statement of the API waits for a lock: then once more.
    await untilHolds(async () => {
      const { body, changedAt } = await readBeforeChange(user.id);
      const [, time] = /^event: current\ndata: \{"time":"(.+)"\}$/m.exec(body)!;
      expect(body).not.toContain(user.id);
      expect(Date.parse(time!)).toBeLessThanOrEqual(changedAt);
    });
  });

  /** The position is read before the change, and whether the id is kept after it. */
  async function readBeforeChange(userId: string): Promise<{ body: string; changedAt: number }> {
    const [earlier, later] = [await connect(), await connect()];
    try {
      const [, id] = /^id: (.+)$/m.exec(await read())!;
      await eventually(waitingForEvents, 0);
      await earlier.query('BEGIN; LOCK TABLE access_event');
      const reading = read(id).catch((error: unknown) => String(error));
      await eventually(waitingForEvents, 1);
      const locked = later.query('BEGIN; LOCK TABLE access_event');
      await eventually(waitingForEvents, 2);
      await earlier.query('COMMIT');
      await locked;
      const changedAt = Date.now();
      await later.query(
        `UPDATE "user" SET banned = NOT coalesce(banned, false) WHERE id = '${userId}'; COMMIT`,
      );
      return { body: await reading, changedAt };
    } finally {
      await Promise.all([earlier.end(), later.end()]);
    }
  }

  async function read(lastEventId?: string): Promise<string> {
    const headers = { ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    return (await stage.admin.caller.get<string>('/api/v1/access-events', headers)).body;
  }

  it.each([
    ['text that is no id', 'x'],
    ['an id of another database', '1-00000001.10:10:'],
    ['a snapshot that is none', '1-00000001.10:5:7,6'],
  ])('answers %s with a reload', async (_what, lastEventId) => {
    const stream = await open({ lastEventId });
    expect(stream.events[0]).toMatchObject({ kind: 'reload', id: expect.any(String) as string });
  });

  it('answers an id with a reload when later events have been deleted', async () => {
    const before = await open();
    const user = await system.asUser();
    await system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [user.id]);
    await system.query(`UPDATE access_event SET occurred_at = now() - interval '25 hours'`);
    await system.query(DELETE_OLD_EVENTS, [1_000]);
    expect(await system.query('SELECT DISTINCT xid FROM access_event')).toHaveLength(1);
    const stream = await open({ lastEventId: before.events[0]!.id! });
    expect(stream.events[0]).toMatchObject({ kind: 'reload' });
    // The ids of a replica are those of its last durable position, which can be older.
    const changesAfter = async () =>
      (await open({ lastEventId: stream.lastEventId! })).changes.length;
    await eventually(changesAfter, 0);
  });

  it('keeps the event with the highest transaction through all batches of the cleanup', async () => {
    await system.query('DELETE FROM access_event');
    await system.query(
      `INSERT INTO access_event (xid, kind, data, occurred_at)
       SELECT xid::xid8, 'user-banned', '{"userId": "x"}', now() - age::interval
         FROM (VALUES ('5', '30 hours'), ('9', '29 hours'), ('7', '28 hours'), ('8', '27 hours'),
                      ('18446744073709551000', '26 hours'), ('3', '1 hour')) AS old(xid, age)`,
    );
    for (let batch = 0; batch < 6; batch += 1) await system.query(DELETE_OLD_EVENTS, [1]);
    const rest = await system.query('SELECT xid FROM access_event ORDER BY occurred_at');
    expect(rest).toEqual([{ xid: '9' }, { xid: '3' }]);
  });

  it('ends when the access of its reader ends', async () => {
    const account = await addServiceAccount();
    const [stream, other] = [await open({ token: account.token }), await open()];
    await stage.change(account.clientId, { disabled: true });
    await eventually(() => stream.hasEnded, true);
    expect(other.hasEnded).toBe(false);
  });

  it('tells a slow reader nothing that was written after the end of its access', async () => {
    const account = await addServiceAccount();
    for (let count = 0; count < 20; count += 1) await writeLargeEvents();
    const slow = await SlowReader.open({ url: system.apiUrl, token: account.token, replay: 3_600 });
    await stage.change(account.clientId, { disabled: true });
    const caller = new Caller(system.apiUrl, account.token);
    await eventually(async () => (await caller.get('/api/v1/access-events')).status, 401);
    await slow.readOn();
    const [end] = await system.query<{ id: string }>(
      `SELECT id::text FROM access_event WHERE kind = 'client-disabled' AND data ->> 'clientId' = $1`,
      [account.clientId],
    );
    expect(slow.eventIds.length).toBeGreaterThanOrEqual(200);
    expect(slow.eventIds).not.toContain(end!.id);
    await system.query(`DELETE FROM access_event WHERE kind = 'large'`);
  });

  it('ends when its reader loses the scope', async () => {
    const account = await addServiceAccount();
    const stream = await open({ token: account.token });
    await stage.change(account.clientId, { scopes: ['users:read'] });
    await eventually(() => stream.hasEnded, true);
    await expect(open({ token: account.token })).rejects.toThrow('insufficient_scope');
  });

  it('refuses users who are no administrators, and service accounts without the scope', async () => {
    const user = await system.asUser();
    expectProblem(await user.caller.get('/api/v1/access-events'), 'forbidden');
    const client = await stage.register({ type: 'machine', scopes: ['users:read'] });
    const { body } = await stage.serviceAccountToken(client);
    await expect(open({ token: body.access_token })).rejects.toThrow('insufficient_scope');
  });

  it('costs one listening connection for 300 readers of a replica', async () => {
    const connections = () =>
      system.query<{ name: string; count: number }>(
        `SELECT application_name AS name, count(*)::int FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1 ORDER BY 1`,
      );
    const listeners = async () =>
      (await connections()).find(({ name }) => name === 'gatehouse-access')?.count;
    const accounts = await Promise.all(Array.from({ length: 6 }, addServiceAccount));
    const many = await Promise.all(
      accounts.flatMap((account) =>
        Array.from({ length: 50 }, () => open({ token: account.token })),
      ),
    );
    expect(await listeners()).toBe(system.replicas.length);
    const user = await system.asUser();
    await system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [user.id]);
    await eventually(() => many.every((stream) => about(stream, user.id).length === 2), true);
    const all = (await connections()).reduce((sum, { count }) => sum + count, 0);
    expect(all).toBeLessThan(50);
  });

  it('is refused above 50 streams of one client, and gives back the place of each that ends', async () => {
    const { token: own } = await addServiceAccount();
    const url = `${system.apiUrl}/api/v1/access-events?replay=600`;
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${own}` };
    for (let count = 0; count < 30; count += 1) {
      const leaving = get(url, { headers, agent: false }).on('error', () => {});
      // Before the connection, before the answer, with the answer.
      if (count % 3 > 0) await once(leaving, count % 3 === 1 ? 'finish' : 'response');
      leaving.destroy();
    }
    const all: EventStream[] = [];
    await eventually(async () => {
      const opened = await Promise.allSettled(
        Array.from({ length: 50 - all.length }, () => open({ token: own })),
      );
      all.push(...opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
      return all.length;
    }, 50);
    const refused = await fetch(url, { headers });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toMatchObject({ code: 'too_many_requests' });
    await open();
    await all[0]!.close();
    await eventually(async () => (await fetch(url, { headers, method: 'HEAD' })).status, 200);
  });

  it('cuts off a reader that does not read, and it resumes', async () => {
    const slow = await SlowReader.open({ url: system.apiUrl, token });
    const other = await open();
    const before = await countCutOff();
    let written = 0;
    // The connection takes some megabytes before the server has to keep the rest.
    while ((await countCutOff()) === before) {
      await writeLargeEvents();
      written += 10;
      await eventually(() => other.changes.length >= written, true);
    }
    await slow.readOn();
    expect(slow.eventIds.length).toBeLessThan(written);
    const resumed = await open({ lastEventId: slow.lastEventId! });
    await eventually(() => new Set([...slow.eventIds, ...idsOf(resumed)]).size, written);
    await system.query(`DELETE FROM access_event WHERE kind = 'large'`);
  });

  it('shows its readers in the metrics', async () => {
    await open();
    // The first text comes before the events that are kept, and the reader joins after them.
    await untilHolds(async () => {
      const { body } = await system.asAnonymous().get<string>('/metrics');
      expect(body).toMatch(/^gatehouse_access_event_readers\{process="api"\} [1-9]/m);
    });
  });
});

function isKind(event: object, ...kinds: string[]): boolean {
  return kinds.includes((event as { kind: string }).kind);
}
