import { Client } from 'pg';
import { PUSH, PushTarget } from './push-target';
import { Receiver } from './receiver';
import { OAuthStage } from '../oauth/stage';
import { eventually } from '../support/eventually';
import { PASSWORD } from '../support/system';

/** Statements that the push has at the same time. */
const MOST_STATEMENTS = 2;

/** Tokens that are sent to one receiver at the same time. */
const TOKENS = 10;

let stage: OAuthStage;

beforeAll(async () => {
  stage = await OAuthStage.start({ env: { STREAM_DESTINATIONS: 'any' } });
});

afterAll(() => stage.system.stop());

interface Pushed {
  target: PushTarget;
  streamId: string;
  end(): Promise<void>;
}

async function createPushed(): Promise<Pushed> {
  const receiver = await Receiver.on(stage);
  const target = await PushTarget.start();
  const delivery = { method: PUSH, endpoint_url: target.url };
  const streamId = await receiver.createStream({ delivery });
  const end = async () => {
    await receiver.call('DELETE', `/stream?stream_id=${streamId}`);
    await target.stop();
  };
  return { target, streamId, end };
}

/** Statements of the auth server that wait for a lock. */
async function countWaiting(): Promise<number> {
  const rows = await stage.system.query<{ count: number }>(`
    SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'gatehouse-auth'
       AND wait_event_type = 'Lock'`);
  return rows[0]!.count;
}

it('receivers that all fail at once leave the connections of the database to the requests', async () => {
  const { system } = stage;
  const pushed = [await createPushed(), await createPushed(), await createPushed()];
  const answers = pushed.map(({ target }) => target.holdAnswers());
  const user = await system.asUser();
  await system.query(`
    INSERT INTO "user" (id, name, email, email_verified, role, created_at, updated_at)
    SELECT 'pushed-' || n, 'User', 'pushed-' || n || '@example.com', true, 'user', now(), now()
      FROM generate_series(1, ${TOKENS}) AS n`);
  await system.query(`UPDATE "user" SET role = 'admin' WHERE id LIKE 'pushed-%'`);
  for (const { target } of pushed) {
    await eventually(() => expect(target.requests).toHaveLength(TOKENS));
  }
  const lock = new Client(system.database.url);
  await lock.connect();
  try {
    await lock.query('BEGIN');
    await lock.query('SELECT FROM event_delivery FOR UPDATE');
    for (const answer of answers) answer(500);
    await eventually(async () => expect(await countWaiting()).toBe(MOST_STATEMENTS));
    await system.signIn({ email: user.email, password: PASSWORD });
    expect(await countWaiting()).toBeLessThanOrEqual(MOST_STATEMENTS);
  } finally {
    await lock.end();
  }
  for (const { end } of pushed) await end();
});

it('receivers that fail do not delay one that answers', async () => {
  const { system } = stage;
  const failing = [await createPushed(), await createPushed(), await createPushed()];
  const healthy = await createPushed();
  const ids = failing.map(({ streamId }) => streamId);
  const change = async () => {
    const { id } = await system.asUser();
    await system.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [id]);
  };
  const waiting = () =>
    system.query(`
      SELECT pid, query_start FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'gatehouse-auth'
         AND wait_event_type = 'Lock'`);
  for (const { target } of failing) target.answerWith(500);
  await change();
  await eventually(async () => {
    const failed = 'SELECT FROM event_stream WHERE id = ANY ($1) AND failures > 0';
    expect(await system.query(failed, [ids])).toHaveLength(failing.length);
  });
  const lock = new Client(system.database.url);
  await lock.connect();
  try {
    // Again when a time limit has ended the statements that wait: they give their places back.
    await eventually(async () => {
      await lock.query('ROLLBACK');
      await system.query('UPDATE event_stream SET retry_at = now() WHERE id = ANY ($1)', [ids]);
      await lock.query('BEGIN');
      await lock.query('SELECT FROM event_stream WHERE id = ANY ($1) FOR UPDATE', [ids]);
      await eventually(async () => expect(await waiting()).not.toEqual([]));
      const before = await waiting();
      healthy.target.answerWith(202);
      await change();
      await eventually(() => expect(healthy.target.arrivals).not.toEqual([]));
      expect(await waiting()).toEqual(before);
    });
  } finally {
    await lock.end();
  }
  for (const { end } of [...failing, healthy]) await end();
});

it('a receiver that sends interim answers without end is tried again later', async () => {
  const { target, streamId, end } = await createPushed();
  const user = await stage.system.asUser();
  const log = () =>
    stage.system.query(
      'SELECT state, last_error AS error FROM event_delivery WHERE stream_id = $1 AND subject = $2',
      [streamId, user.id],
    );
  target.answerRaw('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(11));
  await stage.system.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.id]);
  const waiting = { state: 'pending', error: 'too many interim answers' };
  await eventually(async () => expect(await log()).toEqual([waiting]));
  const accepted = 'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n';
  target.answerRaw('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10) + accepted);
  await eventually(async () => expect(await log()).toMatchObject([{ state: 'delivered' }]));
  await end();
});
