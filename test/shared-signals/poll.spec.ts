import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { nameOf, Receiver } from './receiver';
import { OAuthStage } from '../oauth/stage';
import { eventually } from '../support/eventually';
import { type RawAnswer, send } from '../support/raw-http';
import type { SignedInUser } from '../support/system';

let stage: OAuthStage;
let receiver: Receiver;
let id: string;

beforeAll(async () => {
  stage = await OAuthStage.start();
  receiver = await Receiver.on(stage);
});

beforeEach(async () => {
  id = await receiver.createStream();
});

afterEach(() => receiver.call('DELETE', `/stream?stream_id=${id}`));

afterAll(() => stage.system.stop());

const setRole = (userId: string, role: string) =>
  stage.system.query('UPDATE "user" SET role = $2 WHERE id = $1', [userId, role]);

describe('a poll', () => {
  it('repeats what is not acknowledged, in pages, and logs what the receiver refuses', async () => {
    const user = await stage.system.asUser();
    for (const role of ['admin', 'user', 'admin']) await setRole(user.id, role);
    const page = { maxEvents: 2, returnImmediately: true };
    const first = await receiver.poll(id, page);
    const [one, two] = Object.keys(first.sets) as [string, string];
    expect(first.moreAvailable).toBe(true);
    expect(Object.keys((await receiver.poll(id, page)).sets)).toEqual([one, two]);
    const setErrs = { [two]: { err: 'invalid_request', description: 'unknown event' } };
    const rest = await receiver.poll(id, { ack: [one], setErrs });
    expect(Object.keys(rest.sets)).toHaveLength(1);
    expect(rest.moreAvailable).toBe(false);
    const log = await stage.system.query(
      'SELECT state, last_error FROM event_delivery WHERE stream_id = $1 ORDER BY id',
      [id],
    );
    expect(log).toEqual([
      { state: 'delivered', last_error: null },
      { state: 'failed', last_error: 'invalid_request: unknown event' },
      { state: 'pending', last_error: null },
    ]);
  });

  it('repeats for an hour a token whose key the receiver does not find', async () => {
    const user = await stage.system.asUser();
    await setRole(user.id, 'admin');
    const [jti] = Object.keys((await receiver.poll(id)).sets) as [string];
    const refuse = () =>
      receiver.poll(id, { setErrs: { [jti]: { err: 'invalid_key' } }, returnImmediately: true });
    expect(Object.keys((await refuse()).sets)).toEqual([jti]);
    expect(Object.keys((await refuse()).sets)).toEqual([jti]);
    const waiting = receiver.poll(id, { setErrs: { [jti]: { err: 'invalid_key' } } });
    expect(await Promise.race([waiting, pause(1_000, 'no answer yet')])).toBe('no answer yet');
    expect(Object.keys((await waiting).sets)).toEqual([jti]);
    await stage.system.query(
      `UPDATE event_delivery SET failing_since = now() - interval '61 minutes' WHERE stream_id = $1`,
      [id],
    );
    // Through the API, which waits for 3.5 s.
    const answer = await fetch(`${stage.system.apiUrl}/api/auth/ssf/poll/${id}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${receiver.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ setErrs: { [jti]: { err: 'invalid_key' } } }),
    });
    expect([answer.status, await answer.json()]).toEqual([200, { sets: {}, moreAvailable: false }]);
  });

  it('gives nothing to a client that is disabled while it waits', async () => {
    const user = await stage.system.asUser();
    await setRole(user.id, 'admin');
    const [jti] = Object.keys((await receiver.poll(id)).sets) as [string];
    const waiting = receiver.poll(id, { setErrs: { [jti]: { err: 'invalid_key' } } });
    const isInDoubt = `SELECT FROM event_delivery WHERE stream_id = $1 AND last_error IS NOT NULL`;
    await eventually(async () => expect(await stage.system.query(isInDoubt, [id])).toHaveLength(1));
    await stage.change(receiver.client.clientId, { disabled: true });
    try {
      expect(await waiting).toEqual({ sets: {}, moreAvailable: false });
    } finally {
      await stage.change(receiver.client.clientId, { disabled: false });
    }
  });

  it('writes 1,000 refusals with one statement, and refuses more', async () => {
    await stage.system.query(`
      CREATE SEQUENCE updates;
      CREATE FUNCTION count_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN PERFORM nextval('updates'); RETURN NULL; END $$;
      CREATE TRIGGER z_count AFTER UPDATE ON event_delivery EXECUTE FUNCTION count_update()`);
    const refusals = (count: number) => ({
      setErrs: Object.fromEntries(Array.from({ length: count }, (_, jti) => [jti, { err: 'x' }])),
      maxEvents: 0,
    });
    await receiver.poll(id, refusals(1_000));
    const [updates] = await stage.system.query(`SELECT last_value::int FROM updates`);
    await stage.system.query('DROP FUNCTION count_update() CASCADE; DROP SEQUENCE updates');
    expect(updates).toEqual({ last_value: 1 });
    const { status } = await receiver.call('POST', `/poll/${id}`, refusals(1_001));
    expect(status).toBe(400);
  });

  it('waits for an event, and ends without one', async () => {
    const user = await stage.system.asUser();
    const waiting = receiver.poll(id, {});
    await setRole(user.id, 'admin');
    const { sets } = await waiting;
    expect(Object.keys(sets)).toHaveLength(1);
    await receiver.poll(id, { ack: Object.keys(sets), maxEvents: 0 });
    expect(await receiver.poll(id, {})).toEqual({ sets: {}, moreAvailable: false });
  });

  it('tells after a loss of events that they may be missing, and which accounts have no access', async () => {
    const [banned, expired] = [await stage.system.asUser(), await stage.system.asUser()];
    const client = await stage.register({ type: 'machine', scopes: ['users:read'] });
    const ban = 'UPDATE "user" SET banned = true, ban_expires = now() + $2::interval WHERE id = $1';
    await stage.system.query(ban, [banned.id, '1 day']);
    await stage.system.query(ban, [expired.id, '-1 day']);
    await stage.change(client.clientId, { disabled: true });
    await stage.system.query(`UPDATE event_stream SET source = 'other' WHERE id = $1`, [id]);
    expect(await receiver.take(id)).toMatchObject([
      {
        events: {
          'https://schemas.openid.net/secevent/ssf/event-type/stream-updated': {
            status: 'enabled',
            reason: expect.stringContaining('missing'),
          },
        },
      },
    ]);
    const told = (await receiver.take(id)).map((token) => [nameOf(token), token.sub_id.sub]);
    expect(told).toEqual([
      ['account-disabled', client.clientId],
      ['account-disabled', banned.id],
    ]);
    expect(await receiver.take(id)).toEqual([]);
    await stage.system.query(`INSERT INTO access_event (kind, data) VALUES ('reload', '{}')`);
    expect((await receiver.take(id)).map(nameOf)).toEqual(['stream-updated']);
    expect(await receiver.take(id)).toHaveLength(2);
  });

  it('has events of transactions that commit late', async () => {
    const [early, late] = [await stage.system.asUser(), await stage.system.asUser()];
    const other = new Client(stage.system.database.url);
    await other.connect();
    await other.query('BEGIN');
    await other.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [late.id]);
    await setRole(early.id, 'admin');
    expect((await receiver.take(id)).map(({ sub_id: { sub } }) => sub)).toEqual([early.id]);
    await other.query('COMMIT');
    await other.end();
    expect((await receiver.take(id)).map(({ sub_id: { sub } }) => sub)).toEqual([late.id]);
    expect(await receiver.take(id)).toEqual([]);
  });

  it('waits for a replay of its stream without a lock on the deliveries', async () => {
    const user = await stage.system.asUser();
    await stage.system.query(
      `UPDATE session SET expires_at = now() + interval '1 hour' WHERE user_id = $1`,
      [user.id],
    );
    await receiver.poll(id, { maxEvents: 0 });
    await stage.system.query(
      `UPDATE session SET expires_at = now() + interval '2 hours' WHERE user_id = $1`,
      [user.id],
    );
    const replay = new Client(stage.system.database.url);
    await replay.connect();
    await replay.query('BEGIN');
    await replay.query('SELECT FROM event_stream WHERE id = $1 FOR UPDATE', [id]);
    // From now on a poll deletes it.
    await stage.system.query(
      `UPDATE event_delivery SET next_attempt_at = now() WHERE stream_id = $1`,
      [id],
    );
    const waiting = receiver.poll(id);
    await eventually(async () => {
      const { rows } = await replay.query(
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`,
      );
      expect(rows).toHaveLength(1);
    });
    const { rowCount } = await replay.query(
      `UPDATE event_delivery SET failing_since = NULL WHERE stream_id = $1`,
      [id],
    );
    expect(rowCount).toBe(1);
    await replay.query('COMMIT');
    await replay.end();
    expect((await waiting).sets).toEqual({});
  });

  it('leaves events in the outbox while 1,000 tokens wait, and accounts while 501 wait', async () => {
    await stage.system.query(
      `INSERT INTO access_event (kind, data)
       SELECT 'role-changed', jsonb_build_object('userId', 'u' || n, 'role', 'user')
         FROM generate_series(1, 1001) AS n`,
    );
    const countPending = async () => {
      await receiver.poll(id, { maxEvents: 0 });
      const rows = await stage.system.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM event_delivery WHERE stream_id = $1 AND state = 'pending'`,
        [id],
      );
      return rows[0]!.count;
    };
    expect([await countPending(), await countPending(), await countPending()]).toEqual([
      500, 1_000, 1_000,
    ]);
    const { sets } = await receiver.poll(id, { maxEvents: 1 });
    await receiver.poll(id, { maxEvents: 0, ack: Object.keys(sets) });
    expect(await countPending()).toBe(1_000);
    await stage.system.query(`UPDATE event_stream SET rebuild_after = '' WHERE id = $1`, [id]);
    const isRebuilt = async () => {
      await receiver.poll(id, { maxEvents: 0 });
      const sql = 'SELECT rebuild_after IS NULL AS "isRebuilt" FROM event_stream WHERE id = $1';
      return (await stage.system.query(sql, [id]))[0];
    };
    const acknowledge = (count: number) =>
      stage.system.query(
        `UPDATE event_delivery SET state = 'delivered' WHERE id IN (
           SELECT id FROM event_delivery WHERE stream_id = $1 AND state = 'pending' LIMIT $2)`,
        [id, count],
      );
    await acknowledge(499);
    expect(await isRebuilt()).toEqual({ isRebuilt: false });
    await acknowledge(1);
    expect(await isRebuilt()).toEqual({ isRebuilt: true });
  });
});

it('polls that wait for an event delay no other request', async () => {
  // Two places for requests.
  const small = await OAuthStage.start({ env: { RATE_LIMITS: 'off', DATABASE_POOL_MAX: '1' } });
  const user = await small.system.asUser();
  const reader = await Receiver.on(small);
  const streams = [await reader.createStream(), await reader.createStream()];
  // On a loaded host, a poll can end before the request is sent.
  await eventually(async () => {
    const states = () =>
      small.system.query<{ xmin: string }>('SELECT xmin::text FROM event_stream ORDER BY id');
    const before = await states();
    let ended = 0;
    const polls = streams.map((one) => reader.poll(one, {}).finally(() => (ended += 1)));
    try {
      // Each look of a poll writes the position of its stream.
      await eventually(async () => {
        const rows = await states();
        expect(rows.filter(({ xmin }, index) => xmin === before[index]!.xmin)).toEqual([]);
      });
      expect((await readSession(small, user)).status).toBe(200);
      expect(ended).toBe(0);
    } finally {
      await Promise.all(polls);
    }
  });
  await small.system.stop();
});

/** From another address than the receiver. */
function readSession({ system }: OAuthStage, { refreshToken }: SignedInUser): Promise<RawAnswer> {
  return send(system.apiUrl, {
    path: '/api/auth/get-session',
    from: '127.0.0.2',
    headers: { authorization: `Bearer ${refreshToken}` },
  });
}
