import { setTimeout as pause } from 'node:timers/promises';
import { startAuthServerProcess } from './auth-server-process';
import { PUSH, PushTarget } from './push-target';
import { Receiver } from './receiver';
import { OAuthStage } from '../oauth/stage';
import { eventually } from '../support/eventually';

/** Rounds of the measurement; `PUSH_ROUNDS=30` for the figures of the documents. */
const ROUNDS = Number(process.env.PUSH_ROUNDS ?? 2);

let stage: OAuthStage;
let receiver: Receiver;
let target: PushTarget;
let streamId: string;

beforeAll(async () => {
  stage = await OAuthStage.start({ env: { STREAM_DESTINATIONS: 'any' } });
  receiver = await Receiver.on(stage);
  target = await PushTarget.start();
  streamId = await receiver.createStream({
    delivery: { method: PUSH, endpoint_url: target.url, authorization_header: 'Bearer secret' },
  });
});

beforeEach(() => target.answerWith(202));

afterAll(async () => {
  await stage.system.stop();
  await target.stop();
});

const change = (sql: string, id: string) =>
  stage.system.query(`UPDATE "user" SET ${sql} WHERE id = $1`, [id]);

async function expectPushed(userId: string, names: string[]): Promise<void> {
  await eventually(async () => expect(await target.namesFor(receiver, userId)).toEqual(names));
}

interface LoggedDelivery {
  state: string;
  attempts: number;
  last_error: string | null;
}

/** The log of deliveries about a user. */
const logOf = (userId: string) =>
  stage.system.query<LoggedDelivery>(
    'SELECT state, attempts, last_error FROM event_delivery WHERE stream_id = $1 AND subject = $2 ORDER BY id',
    [streamId, userId],
  );

describe('a stream that is pushed', () => {
  it('has a change of another writer, as a signed token with the header of the receiver', async () => {
    const user = await stage.system.asUser();
    await change('banned = true', user.id);
    await eventually(() => expect(target.requests.length).toBe(2));
    const [{ method, headers }] = target.requests as [(typeof target.requests)[number]];
    expect({ method, headers }).toMatchObject({
      method: 'POST',
      headers: {
        'content-type': ['application/secevent+jwt'],
        accept: ['application/json'],
        authorization: ['Bearer secret'],
      },
    });
    await eventually(async () =>
      expect((await logOf(user.id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']),
    );
  });

  it('keeps the order of a subject while the receiver fails', async () => {
    const user = await stage.system.asUser();
    target.answerWith(500);
    await change(`role = 'admin'`, user.id);
    await eventually(() => expect(target.requests.length).toBeGreaterThan(0));
    await change('banned = true', user.id);
    await change('banned = false', user.id);
    // Further attempts while the later events wait: none of them overtakes the first one.
    const before = target.requests.length;
    await eventually(() => expect(target.requests.length).toBeGreaterThan(before));
    const tried = await target.namesFor(receiver, user.id);
    expect(new Set(tried)).toEqual(new Set(['token-claims-change']));
    target.answerWith(202);
    await eventually(async () => expect(await target.namesFor(receiver, user.id)).toHaveLength(4));
    const names = await target.namesFor(receiver, user.id);
    expect(names[0]).toBe('token-claims-change');
    expect(names.at(-1)).toBe('account-enabled');
    const [first] = await logOf(user.id);
    expect(first).toMatchObject({ state: 'delivered', last_error: 'status 500' });
    expect(first!.attempts).toBeGreaterThan(1);
  });

  it('does not repeat a token that the receiver refuses, and logs the reason', async () => {
    const user = await stage.system.asUser();
    target.answerWith(400, '{"err":"invalid_audience","description":"not\\u0007mine"}');
    await change(`role = 'admin'`, user.id);
    await eventually(async () =>
      expect(await logOf(user.id)).toEqual([
        { state: 'failed', attempts: 1, last_error: 'status 400, invalid_audience: not mine' },
      ]),
    );
  });

  it('sends a token again whose key the receiver does not find', async () => {
    const user = await stage.system.asUser();
    target.answerWith(400, '{"err":"invalid_key"}');
    await change(`role = 'admin'`, user.id);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([
        { state: 'pending', last_error: 'status 400, invalid_key: ' },
      ]),
    );
    target.answerWith(202);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ state: 'delivered' }]),
    );
  });

  it('tries at once what waits, after its receiver has changed the destination', async () => {
    const user = await stage.system.asUser();
    target.answerWith(422);
    await change(`role = 'admin'`, user.id);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ last_error: 'status 422' }]),
    );
    await stage.system.query(
      `UPDATE event_delivery SET next_attempt_at = now() + interval '1 hour' WHERE stream_id = $1`,
      [streamId],
    );
    target.answerWith(202);
    const method = 'urn:ietf:rfc:8935';
    const delivery = { method, endpoint_url: target.url, authorization_header: 'Bearer renewed' };
    await receiver.call('PATCH', '/stream', { stream_id: streamId, delivery });
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ state: 'delivered' }]),
    );
  });

  it('tries at once what waits, after its destination has changed during an attempt', async () => {
    const user = await stage.system.asUser();
    const answer = target.holdAnswers();
    await change(`role = 'admin'`, user.id);
    await eventually(() => Promise.resolve(expect(target.requests).toHaveLength(1)));
    const method = 'urn:ietf:rfc:8935';
    const delivery = { method, endpoint_url: target.url, authorization_header: 'Bearer again' };
    await receiver.call('PATCH', '/stream', { stream_id: streamId, delivery });
    target.answerWith(202);
    answer(503);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ state: 'delivered', last_error: null }]),
    );
  });

  it.each([
    [
      400,
      '{"err":"invalid_state"}',
      { state: 'failed', last_error: 'status 400, invalid_state: ' },
    ],
    [422, '', { state: 'pending', last_error: 'status 422' }],
  ])('is not delayed by a token that the receiver answers with %i %s', async (...refusal) => {
    const [status, body, logged] = refusal;
    const [refused, other] = [await stage.system.asUser(), await stage.system.asUser()];
    target.answerWith(status, body);
    await change(`role = 'admin'`, refused.id);
    await eventually(async () => expect(await logOf(refused.id)).toMatchObject([logged]));
    const isBackedOff = 'SELECT retry_at, failures FROM event_stream WHERE id = $1';
    const before = await stage.system.query(isBackedOff, [streamId]);
    target.answerWith(202);
    await change(`role = 'admin'`, other.id);
    await expectPushed(other.id, ['token-claims-change']);
    expect(before).toEqual([{ retry_at: null, failures: 0 }]);
  });

  it('waits as long as the receiver asks, in seconds or until a date', async () => {
    const waits = async (header: string) => {
      const user = await stage.system.asUser();
      target.answerWith(429, '', { 'retry-after': header });
      await change(`role = 'admin'`, user.id);
      await eventually(async () =>
        expect(await logOf(user.id)).toMatchObject([{ last_error: 'status 429' }]),
      );
      await eventually(async () => expect(await secondsToWait()).toBeGreaterThan(200));
      target.answerWith(202);
      await receiver.call('POST', '/status', { stream_id: streamId, status: 'enabled' });
      await expectPushed(user.id, ['token-claims-change']);
    };
    const secondsToWait = async () => {
      const rows = await stage.system.query<{ wait: number }>(
        'SELECT extract(epoch FROM retry_at - now())::float8 AS wait FROM event_stream WHERE id = $1',
        [streamId],
      );
      return rows[0]!.wait;
    };
    await waits('300');
    await waits(new Date(Date.now() + 300_000).toUTCString());
  });

  it('follows no redirect', async () => {
    const user = await stage.system.asUser();
    target.answerWith(307, '', { location: `${target.url}/other` });
    await change(`role = 'admin'`, user.id);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ state: 'pending', last_error: 'status 307' }]),
    );
    expect(target.requests.map(({ url }) => url)).not.toContain('/events/other');
    target.answerWith(202);
    await expectPushed(user.id, ['token-claims-change']);
  });

  it('is acknowledged by 202 before the body of the answer ends', async () => {
    const user = await stage.system.asUser();
    target.answerRaw('HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nx');
    await change(`role = 'admin'`, user.id);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ state: 'delivered', attempts: 1 }]),
    );
  });

  it('is tried again after an answer of 101', async () => {
    const user = await stage.system.asUser();
    target.answerRaw(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    );
    await change(`role = 'admin'`, user.id);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ state: 'pending', last_error: 'no response' }]),
    );
    target.answerWith(202);
    await expectPushed(user.id, ['token-claims-change']);
  });

  it('loses nothing when the auth server is down during a change', async () => {
    const user = await stage.system.asUser();
    await stage.system.stopAuthServer();
    await change(`role = 'admin'`, user.id);
    await stage.system.startAuthServer();
    await expectPushed(user.id, ['token-claims-change']);
  });

  it('does not delay a stop of the auth server while it gives no answer', async () => {
    const user = await stage.system.asUser();
    target.keepSilent();
    await change(`role = 'admin'`, user.id);
    await expectPushed(user.id, ['token-claims-change']);
    await stage.system.stopAuthServer();
    const error = 'the auth server stopped';
    expect(await logOf(user.id)).toMatchObject([{ state: 'pending', last_error: error }]);
    target.answerWith(202);
    await stage.system.startAuthServer();
    await expectPushed(user.id, ['token-claims-change']);
  });

  it('gets the token again that was on its way when the auth server was killed, in order', async () => {
    const user = await stage.system.asUser();
    await stage.system.stopAuthServer();
    const killed = await startAuthServerProcess(stage.system.settings);
    try {
      target.keepSilent();
      await change(`role = 'admin'`, user.id);
      await eventually(() => expect(target.requests[0]?.body).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/));
      await change('banned = true', user.id);
      await change('banned = false', user.id);
    } finally {
      await killed.crash();
    }
    const [unanswered] = target.requests.map(({ body }) => body);
    target.answerWith(202);
    await stage.system.startAuthServer();
    await eventually(async () => expect(await target.namesFor(receiver, user.id)).toHaveLength(4));
    const names = await target.namesFor(receiver, user.id);
    expect([names[0], names.at(-1)]).toEqual(['token-claims-change', 'account-enabled']);
    const [first, again] = [unanswered!, target.requests[0]!.body];
    expect((await receiver.verify(again)).jti).toBe((await receiver.verify(first)).jti);
    await eventually(async () =>
      expect((await logOf(user.id)).map(({ state }) => state)).toEqual(Array(4).fill('delivered')),
    );
  });

  it('gets each change, and prints how long after the commit', async () => {
    const user = await stage.system.asUser();
    const delays: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // The transmitter looks for events at intervals: a round begins at any time of one.
      await pause(500 * Math.random());
      await change(`role = '${round % 2 === 0 ? 'admin' : 'user'}'`, user.id);
      const committed = performance.now();
      await eventually(() => expect(target.arrivals).toHaveLength(round + 1));
      delays.push(target.arrivals[round]! - committed);
    }
    const sorted = delays.toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.ceil(share * ROUNDS) - 1]!);
    process.stdout.write(
      `push, ${ROUNDS} rounds: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n`,
    );
    expect(await target.namesFor(receiver, user.id)).toEqual(
      Array(ROUNDS).fill('token-claims-change'),
    );
  });

  it('is paused after a day of failures, with an audit event, and resumes with a replay', async () => {
    const user = await stage.system.asUser();
    target.answerWith(503);
    await change(`role = 'admin'`, user.id);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ last_error: 'status 503' }]),
    );
    await stage.system.query(
      `UPDATE event_delivery SET failing_since = now() - interval '25 hours', next_attempt_at = now(),
              finished_at = finished_at - interval '26 hours'
        WHERE stream_id = $1`,
      [streamId],
    );
    await stage.system.query('UPDATE event_stream SET retry_at = NULL WHERE id = $1', [streamId]);
    const status = () => receiver.call('GET', `/status?stream_id=${streamId}`);
    await eventually(async () => expect((await status()).body.status).toBe('paused'));
    expect((await status()).body.reason).toBe('The delivery has failed for a day: status 503');
    const events = await stage.system.query<{ actor_type: string }>(
      `SELECT actor_type FROM audit_event WHERE action = 'stream.paused' AND subject_id = $1`,
      [streamId],
    );
    expect(events).toEqual([{ actor_type: 'system' }]);
    const statusesTold = async () => {
      const tokens = await Promise.all(target.requests.map(({ body }) => receiver.verify(body)));
      return tokens
        .filter(({ sub_id: subject }) => subject.id === streamId)
        .flatMap((token) => Object.values(token.events));
    };
    const paused = { status: 'paused', reason: expect.stringContaining('503') as string };
    await eventually(async () => expect(await statusesTold()).toEqual([paused]));
    target.answerWith(202);
    const since = new Date().toISOString();
    await stage.admin.caller.post(`/api/v1/admin/streams/${streamId}/replay`, { since });
    await expectPushed(user.id, ['token-claims-change']);
    const enabled = { status: 'enabled', reason: 'an administrator has resumed the stream' };
    await eventually(async () => expect(await statusesTold()).toEqual([paused, enabled]));
  });

  it('is paused also by an error whose text the database does not store', async () => {
    const user = await stage.system.asUser();
    target.answerWith(400, String.raw`{"err":"access_denied","description":"no\u0000\ud83d"}`);
    await change(`role = 'admin'`, user.id);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ state: 'pending', attempts: 1 }]),
    );
    await stage.system.query(
      `UPDATE event_delivery SET failing_since = now() - interval '25 hours', next_attempt_at = now(),
              finished_at = finished_at - interval '26 hours'
        WHERE stream_id = $1`,
      [streamId],
    );
    await stage.system.query('UPDATE event_stream SET retry_at = NULL WHERE id = $1', [streamId]);
    await eventually(async () => {
      const { body } = await receiver.call('GET', `/status?stream_id=${streamId}`);
      expect(body).toMatchObject({ status: 'paused', reason: expect.stringContaining('no') });
    });
    target.answerWith(202);
    await receiver.call('POST', '/status', { stream_id: streamId, status: 'enabled' });
    await expectPushed(user.id, ['token-claims-change']);
  });

  it('stops while its client is disabled', async () => {
    const witness = await Receiver.on(stage);
    const seen = await PushTarget.start();
    const delivery = { method: PUSH, endpoint_url: seen.url };
    const witnessId = await witness.createStream({ delivery });
    const { clientId } = receiver.client;
    await stage.change(clientId, { disabled: true });
    const user = await stage.system.asUser();
    // The second event shows that the first one has been delivered to all receivers.
    for (const [index, role] of ['admin', 'user'].entries()) {
      await change(`role = '${role}'`, user.id);
      await eventually(async () =>
        expect(await seen.namesFor(witness, user.id)).toHaveLength(index + 1),
      );
    }
    expect((await receiver.call('GET', '/stream')).status).toBe(401);
    expect(await logOf(user.id)).toEqual([]);
    expect(target.requests).toEqual([]);
    await witness.call('DELETE', `/stream?stream_id=${witnessId}`);
    await seen.stop();
    await stage.change(clientId, { disabled: false });
    await expectPushed(user.id, ['token-claims-change', 'token-claims-change']);
  });
});

describe('an administrator', () => {
  const path = () => `/api/v1/admin/streams/${streamId}`;

  it('reads the streams and the log of deliveries, in pages', async () => {
    const { caller } = stage.admin;
    const users = [await stage.system.asUser(), await stage.system.asUser()];
    for (const { id } of users) {
      await change('banned = true', id);
      await eventually(async () =>
        expect((await logOf(id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']),
      );
    }
    const streams = await caller.get<{ items: object[] }>('/api/v1/admin/streams');
    expect(streams.body.items).toEqual([
      expect.objectContaining({
        streamId,
        clientId: receiver.client.clientId,
        method: 'push',
        endpointUrl: target.url,
        status: 'enabled',
      }),
    ]);
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await caller.get<{
        items: { deliveryId: string }[];
        nextCursor: string | null;
      }>(`${path()}/deliveries?limit=3${query}`);
      ids.push(...body.items.map(({ deliveryId }) => deliveryId));
      cursor = body.nextCursor;
    }
    const rows = await stage.system.query<{ id: string }>(
      'SELECT id FROM event_delivery WHERE stream_id = $1 ORDER BY id DESC',
      [streamId],
    );
    expect(rows.length).toBeGreaterThan(3);
    expect(ids).toEqual(rows.map(({ id }) => id));
  });

  it('replays deliveries, with an audit event', async () => {
    const user = await stage.system.asUser();
    await change(`role = 'admin'`, user.id);
    await expectPushed(user.id, ['token-claims-change']);
    const [first] = target.requests as [(typeof target.requests)[number]];
    const { jti } = await receiver.verify(first.body);
    await eventually(async () =>
      expect(await logOf(user.id)).toMatchObject([{ state: 'delivered' }]),
    );
    const { body } = await stage.admin.caller.get<{ items: { deliveryId: string; jti: string }[] }>(
      `${path()}/deliveries?state=delivered`,
    );
    const deliveryIds = body.items.filter((one) => one.jti === jti).map((one) => one.deliveryId);
    target.answerWith(202);
    const replay = () =>
      stage.admin.caller.post(`${path()}/replay`, { deliveryIds }, { 'idempotency-key': 'replay' });
    expect(await replay()).toMatchObject({ status: 200, body: { replayed: 1 } });
    await expectPushed(user.id, ['token-claims-change']);
    expect((await receiver.verify(target.requests[0]!.body)).jti).toBe(jti);
    // The same request again replays nothing.
    expect(await replay()).toMatchObject({ status: 200, body: { replayed: 1 } });
    const events = await stage.system.query<{ actor_id: string; detail: object }>(
      `SELECT actor_id, detail FROM audit_event
        WHERE action = 'stream.replayed' AND detail ->> 'resumed' = 'false'`,
    );
    expect(events).toEqual([{ actor_id: stage.admin.id, detail: { replayed: 1, resumed: false } }]);
  });

  it('resumes a stream that the transmitter has paused, and no other', async () => {
    const replay = () =>
      stage.admin.caller.post(`${path()}/replay`, { since: new Date().toISOString() });
    const status = async () =>
      (await receiver.call('GET', `/status?stream_id=${streamId}`)).body.status;
    await receiver.call('POST', '/status', { stream_id: streamId, status: 'paused' });
    await replay();
    expect(await status()).toBe('paused');
    await stage.system.query('UPDATE event_stream SET failures = 1 WHERE id = $1', [streamId]);
    await replay();
    expect(await status()).toBe('enabled');
    const none = await stage.admin.caller.get('/api/v1/admin/streams/unknown/deliveries');
    expect(none.status).toBe(404);
  });
});
