import { Pool } from 'pg';
import { PUSH, PushTarget } from './push-target';
import { nameOf, Receiver } from './receiver';
import { StreamStore } from '../../auth-server/shared-signals/stream-store';
import { DELETE_OLD_EVENTS } from '../../runtime/database/access-event-statements';
import { OAuthStage } from '../oauth/stage';
import { eventually } from '../support/eventually';

let stage: OAuthStage;
let receiver: Receiver;
let target: PushTarget;
let pool: Pool;

beforeAll(async () => {
  stage = await OAuthStage.start({ env: { STREAM_DESTINATIONS: 'any' } });
  receiver = await Receiver.on(stage);
  target = await PushTarget.start();
  pool = new Pool({ connectionString: stage.system.database.url });
});

afterAll(async () => {
  await pool.end();
  await stage.system.stop();
  await target.stop();
});

const setRole = (userId: string, role: string) =>
  stage.system.query('UPDATE "user" SET role = $2 WHERE id = $1', [userId, role]);

const listWaiting = () => new StreamStore(pool).listWaiting();

const pushTo = ({ url }: PushTarget) =>
  receiver.createStream({ delivery: { method: PUSH, endpoint_url: url } });

describe('events with transaction numbers that this cluster has not reached', () => {
  const FOREIGN = '99999999';

  it('are no loss, do not wait, and are deleted with the others', async () => {
    const polled = await receiver.createStream();
    const pushed = await pushTo(target);
    await stage.system.query(
      `INSERT INTO access_event (xid, kind, data, occurred_at)
       SELECT $1, 'user-banned', '{"userId": "restored"}', now() - age::interval
         FROM unnest(ARRAY['25 hours', '1 hour']) AS age`,
      [FOREIGN],
    );
    expect(await receiver.take(polled)).toEqual([]);
    const user = await stage.system.asUser();
    await setRole(user.id, 'admin');
    expect((await receiver.take(polled)).map(nameOf)).toEqual(['token-claims-change']);
    await eventually(async () => {
      expect(await target.namesFor(receiver, user.id)).toEqual(['token-claims-change']);
    });
    await eventually(async () => expect(await listWaiting()).toEqual([]));
    await stage.system.query(
      `UPDATE access_event SET occurred_at = now() - interval '25 hours' WHERE xid <> $1`,
      [FOREIGN],
    );
    await stage.system.query(DELETE_OLD_EVENTS, [1_000]);
    const kept = await stage.system.query('SELECT xid, occurred_at FROM access_event');
    const rest = kept as { xid: string; occurred_at: Date }[];
    expect(rest.filter(({ xid }) => xid === FOREIGN)).toHaveLength(1);
    expect(rest.filter(({ xid }) => xid !== FOREIGN)).toHaveLength(1);
    expect(await receiver.take(polled)).toEqual([]);
    for (const id of [polled, pushed]) await receiver.call('DELETE', `/stream?stream_id=${id}`);
  });
});

/** A stream of an own receiver, so that no other token is in its log. */
describe('a stream that is pushed', () => {
  let own: PushTarget;
  let id: string;
  let userId: string;

  beforeEach(async () => {
    own = await PushTarget.start();
    const authorization = { authorization_header: 'Bearer secret' };
    id = await receiver.createStream({
      delivery: { method: PUSH, endpoint_url: own.url, ...authorization },
    });
    ({ id: userId } = await stage.system.asUser());
  });

  afterEach(async () => {
    await receiver.call('DELETE', `/stream?stream_id=${id}`);
    await own.stop();
  });

  const run = (sql: string) => stage.system.query(sql, [id]);

  const log = () =>
    run('SELECT state, last_error FROM event_delivery WHERE stream_id = $1 ORDER BY id');

  const statusOf = async () => (await receiver.call('GET', `/status?stream_id=${id}`)).body.status;

  const untilLogged = (rows: object[]) => eventually(async () => expect(await log()).toEqual(rows));

  const untilNoneWaits = () => eventually(async () => expect(await listWaiting()).toEqual([]));

  async function failWith(status: number): Promise<void> {
    own.answerWith(status);
    await setRole(userId, 'admin');
    await untilLogged([{ state: 'pending', last_error: `status ${status}` }]);
  }

  const retryNow = async () => {
    await run('UPDATE event_delivery SET next_attempt_at = now() WHERE stream_id = $1');
    await run('UPDATE event_stream SET retry_at = NULL WHERE id = $1');
  };

  it('does not wait while the oldest token of each subject is postponed', async () => {
    await failWith(422);
    await run(
      `UPDATE event_delivery SET next_attempt_at = now() + interval '1 hour' WHERE stream_id = $1`,
    );
    await setRole(userId, 'user');
    await eventually(async () => expect(await log()).toHaveLength(2));
    await untilNoneWaits();
    own.answerWith(202);
    await retryNow();
    await eventually(async () => expect(await own.namesFor(receiver, userId)).toHaveLength(2));
  });

  it('does not wait for events or accounts while there is no room for them', async () => {
    await run(
      `INSERT INTO event_delivery (stream_id, subject, txn, event_type, claims, attempts, next_attempt_at)
       SELECT $1, 'other ' || n, '1', 'x', '{}', 1, now() + interval '1 hour'
         FROM generate_series(1, 1000) AS n`,
    );
    await setRole(userId, 'admin');
    await untilNoneWaits();
    await run(`UPDATE event_stream SET rebuild_after = '' WHERE id = $1`);
    await untilNoneWaits();
    await run('UPDATE event_stream SET rebuild_after = NULL WHERE id = $1');
    await run('DELETE FROM event_delivery WHERE stream_id = $1');
    await eventually(async () => expect(await own.namesFor(receiver, userId)).toHaveLength(1));
  });

  it('logs that its stored Authorization header cannot be decrypted, and sends nothing', async () => {
    await run(`UPDATE event_stream SET "authorization" = 'unreadable' WHERE id = $1`);
    await setRole(userId, 'admin');
    const error = 'the stored Authorization header cannot be decrypted';
    await untilLogged([{ state: 'pending', last_error: error }]);
    expect(own.requests).toEqual([]);
  });

  /** One token has failed for a day, and a later one has been accepted. */
  async function acceptAnother(): Promise<void> {
    await failWith(503);
    await run(
      `UPDATE event_delivery SET next_attempt_at = now() + interval '1 hour',
              failing_since = now() - interval '25 hours' WHERE stream_id = $1`,
    );
    own.answerWith(202);
    await run('UPDATE event_stream SET retry_at = NULL WHERE id = $1');
    const other = await stage.system.asUser();
    await setRole(other.id, 'admin');
    await eventually(async () => expect(await own.namesFor(receiver, other.id)).toHaveLength(1));
    own.answerWith(503);
    await eventually(async () => {
      expect(await log()).toContainEqual({ state: 'delivered', last_error: null });
    });
  }

  it('is not paused for one token that fails for a day while others are accepted', async () => {
    await acceptAnother();
    await retryNow();
    await untilLogged([
      { state: 'failed', last_error: 'status 503' },
      { state: 'delivered', last_error: null },
    ]);
    expect(await statusOf()).toBe('enabled');
  });

  it('is paused for a token that fails for a day when others were accepted at its begin only', async () => {
    await acceptAnother();
    await run(
      `UPDATE event_delivery SET finished_at = now() - interval '25 hours' + interval '1 s'
        WHERE stream_id = $1 AND state = 'delivered'`,
    );
    await retryNow();
    await eventually(async () => expect(await statusOf()).toBe('paused'));
    expect(await log()).toContainEqual({ state: 'pending', last_error: 'status 503' });
  });

  it('is not paused for a day without an attempt, as while its client is disabled', async () => {
    await failWith(503);
    await run(
      `UPDATE event_delivery SET next_attempt_at = now() - interval '25 hours',
              failing_since = now() - interval '25 hours' WHERE stream_id = $1`,
    );
    await run('UPDATE event_stream SET retry_at = NULL WHERE id = $1');
    await eventually(async () => {
      const sql = `SELECT failing_since > now() - interval '1 hour' AS "isNew" FROM event_delivery WHERE stream_id = $1`;
      expect(await run(sql)).toEqual([{ isNew: true }]);
    });
    expect(await statusOf()).toBe('enabled');
  });

  it('is resumed by a replay also when its receiver has changed the endpoint while paused', async () => {
    await run(
      `UPDATE event_stream SET status = 'paused', told_status = 'paused', failures = 1 WHERE id = $1`,
    );
    const delivery = { method: PUSH, endpoint_url: `${own.url}/repaired` };
    const changed = await receiver.call('PATCH', '/stream', { stream_id: id, delivery });
    expect(changed.status).toBe(200);
    const since = new Date().toISOString();
    await stage.admin.caller.post(`/api/v1/admin/streams/${id}/replay`, { since });
    expect(await statusOf()).toBe('enabled');
  });
});

it('a poll that waits for an event changes the stream once', async () => {
  const id = await receiver.createStream();
  await stage.system.query(`
    CREATE SEQUENCE updates;
    CREATE FUNCTION count_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN PERFORM nextval('updates'); RETURN NULL; END $$;
    CREATE TRIGGER z_count AFTER UPDATE ON event_stream FOR EACH ROW
      WHEN (NEW.id = '${id}') EXECUTE FUNCTION count_update()`);
  expect(await receiver.poll(id, {})).toEqual({ sets: {}, moreAvailable: false });
  const [updates] = await stage.system.query('SELECT last_value::int FROM updates');
  await stage.system.query('DROP FUNCTION count_update() CASCADE; DROP SEQUENCE updates');
  expect(updates).toEqual({ last_value: 1 });
});
