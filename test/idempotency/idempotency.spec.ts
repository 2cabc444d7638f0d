import { Client } from 'pg';
import { expectReplayOf, IdempotencyStage, newUser, USERS } from './idempotency-stage';
import { deleteBatches } from '../../runtime/jobs/cleanup';
import type * as cleanup from '../../src/idempotency/idempotency-cleanup';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { type InProcessSystem } from '../support/in-process-system';
import { loadNatively } from '../support/native/load';
import { PASSWORD, type SignedInUser } from '../support/system';

const { IDEMPOTENCY_CLEANUP } = loadNatively(
  'src/idempotency/idempotency-cleanup',
) as typeof cleanup;
const { Jobs } = loadNatively('src/database/jobs') as typeof import('../../src/database/jobs');

let stage: IdempotencyStage;
let system: InProcessSystem;
let admin: SignedInUser;

beforeAll(async () => {
  stage = await IdempotencyStage.start();
  ({ system, admin } = stage);
});

afterAll(() => stage.stop());

const create: IdempotencyStage['create'] = (...given) => stage.create(...given);

async function countUsers(email: string): Promise<number> {
  const [row] = await system.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM "user" WHERE email = $1`,
    [email],
  );
  return row!.count;
}

describe('a repeated request with the same key', () => {
  it('gets the same response, on another replica too, and has no effect', async () => {
    const body = newUser();
    const first = await create(body, 'again');
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(first.headers.get('location')).toContain(first.body.id);
    for (const replica of [0, 1]) expectReplayOf(await create(body, 'again', replica), first);
    expect(await countUsers(body.email)).toBe(1);
  });

  it('has a new request id', async () => {
    const body = newUser();
    const first = await create(body, 'request-id');
    const second = await create(body, 'request-id');
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  it('is equal with quotes around the key, and with other white space in the body', async () => {
    const body = newUser();
    const first = await create(body, 'spelled');
    expectReplayOf(await create(body, '"spelled"'), first);
    const headers = { 'idempotency-key': 'spelled', 'content-type': 'application/json' };
    const spaced = JSON.stringify(body, null, 2);
    expectReplayOf(await admin.caller.post(USERS, spaced, headers), first);
  });

  it('has one effect when twenty arrive at once on two replicas', async () => {
    const body = newUser();
    const burst = (key: string) =>
      Promise.all(Array.from({ length: 20 }, (_, index) => create(body, key, index % 2)));
    const answers = await burst('burst');
    const statuses = Map.groupBy(answers, ({ status }) => status);
    expect([...statuses.keys()].filter((status) => ![201, 409].includes(status))).toEqual([]);
    const original = statuses
      .get(201)!
      .filter(({ headers }) => !headers.has('idempotency-replayed'));
    expect(original).toHaveLength(1);
    for (const answer of statuses.get(409) ?? []) {
      expectProblem(answer, 'idempotency_in_progress');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    for (const answer of await burst('burst')) expectReplayOf(answer, original[0]!);
    expect(await countUsers(body.email)).toBe(1);
  });

  it('with another body, another path or on another route is refused', async () => {
    const body = newUser();
    const first = await create(body, 'other');
    for (const other of [
      { ...body, name: 'Other' },
      { ...body, password: `${PASSWORD}!` },
    ]) {
      expectProblem(await create(other, 'other'), 'idempotency_key_reused');
    }
    const headers = { 'idempotency-key': 'other' };
    const mail = `${USERS}/${first.body.id}/password-reset`;
    expectProblem(await admin.caller.post(mail, undefined, headers), 'idempotency_key_reused');
    expectProblem(await admin.caller.post(`${USERS}?a`, body, headers), 'idempotency_key_reused');
    expectReplayOf(await create(body, 'other'), first);
  });

  it('is forgotten after 24 hours, for every response', async () => {
    await create(newUser(), 'old');
    await system.query(`UPDATE idempotency_key SET expires_at = expires_at - interval '24 hours'`);
    const answer = await create(newUser(), 'old');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
  });
});

describe('another caller with the same key', () => {
  it('makes an independent request', async () => {
    const other = await system.asNewAdmin();
    const body = newUser();
    await create(body, 'shared');
    const headers = { 'idempotency-key': 'shared' };
    expectProblem(await other.caller.post(USERS, body, headers), 'email_taken');
    const answer = await other.caller.post(USERS, newUser(), headers);
    expectProblem(answer, 'idempotency_key_reused');
  });

  it('gets no stored response without permission, also when it was lost', async () => {
    const other = await system.asNewAdmin();
    const body = newUser();
    const headers = { 'idempotency-key': 'demoted' };
    expect((await other.caller.post(USERS, body, headers)).status).toBe(201);
    await admin.caller.put(`${USERS}/${other.id}/role`, { role: 'user' });
    expectProblem(await other.caller.post(USERS, body, headers), 'forbidden');
    expectProblem(await system.asAnonymous().post(USERS, body, headers), 'missing_token');
  });
});

describe('a refusal', () => {
  it('is repeated when it depends on the state', async () => {
    const { email } = await system.asUser();
    const body = { ...newUser(), email };
    const first = await create(body, 'taken');
    expectProblem(first, 'email_taken');
    await system.query(`DELETE FROM "user" WHERE email = $1`, [email]);
    const second = await create(body, 'taken');
    expectProblem(second, 'email_taken');
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await create(body, 'taken-new')).status).toBe(201);
  });

  it('of an invalid request does not use the key', async () => {
    const body = newUser();
    expectProblem(await create({ ...body, name: '' }, 'invalid'), 'validation_failed');
    expect((await create(body, 'invalid')).status).toBe(201);
  });

  it('by an auth server that accepts no connection does not use the key', async () => {
    const body = newUser();
    await system.stopAuthServer();
    expectProblem(await create(body, 'failed'), 'auth_server_unavailable');
    await system.startAuthServer();
    expect((await create(body, 'failed')).status).toBe(201);
  });

  it.each([
    ['empty', ''],
    ['empty in quotes', '""'],
    ['too long', 'x'.repeat(256)],
    ['two', 'one, two'],
    ['of two words', 'one two'],
    ['not ASCII', 'ä'],
    ['an open quote', '"open'],
    ['with parameters', '"key";a=1'],
  ])('answers an invalid key: %s', async (_title, key) => {
    const body = newUser();
    const { errors } = expectProblem(await create(body, key), 'validation_failed');
    expect(errors).toEqual([{ pointer: '/Idempotency-Key', detail: expect.any(String) }]);
    expect(await countUsers(body.email)).toBe(0);
  });

  it.each(['x', 'x'.repeat(255), '"two words"', '"a \\"quote\\""', '!#$%&()*+-./:;<=>?@[]^_`{|}~'])(
    'does not answer the key %s',
    async (key) => {
      const body = newUser();
      const first = await create(body, key);
      expectReplayOf(await create(body, key), first);
    },
  );
});

describe('a missing response', () => {
  // Each test waits for the only row without a response.
  beforeEach(() => system.query('DELETE FROM idempotency_key'));

  it('is in doubt after the lease of the first replica', async () => {
    const body = newUser();
    await create(body, 'crashed');
    // The row of a replica that stopped before its response.
    const lease = (interval: string) =>
      system.query(
        `UPDATE idempotency_key SET answer = NULL, lease_expires_at = now() + interval '${interval}'
          WHERE answer IS NOT NULL OR lease_expires_at > now()`,
      );
    await lease('60 seconds');
    expectProblem(await create(body, 'crashed'), 'idempotency_in_progress');
    expectProblem(await create(newUser(), 'crashed'), 'idempotency_key_reused');
    await lease('0 seconds');
    expectProblem(await create(newUser(), 'crashed'), 'idempotency_key_reused');
    for (const replica of [0, 1]) {
      expectProblem(await create(body, 'crashed', replica), 'outcome_unknown');
    }
    expect(await countUsers(body.email)).toBe(1);
  });

  it('is not stored when the row belongs to another attempt', async () => {
    const body = newUser();
    const release = await holdUsers();
    const answer = create(body, 'overtaken');
    await untilClaimed();
    await system.query(
      'UPDATE idempotency_key SET attempt = gen_random_uuid() WHERE answer IS NULL',
    );
    await release();
    expect((await answer).status).toBe(201);
    expectProblem(await create(body, 'overtaken'), 'idempotency_in_progress');
  });

  it('causes 409 for repeats, on every replica', async () => {
    const body = newUser();
    const release = await holdUsers();
    const answer = create(body, 'slow');
    await untilClaimed();
    for (const replica of [0, 1]) {
      expectProblem(await create(body, 'slow', replica), 'idempotency_in_progress');
    }
    await release();
    const first = await answer;
    expectReplayOf(await create(body, 'slow'), first);
  });
});

describe('expired keys', () => {
  it('are deleted by one replica, other keys stay', async () => {
    await system.query('DELETE FROM idempotency_key');
    const body = newUser();
    const first = await create(body, 'young');
    await system.query(
      `INSERT INTO idempotency_key (id, fingerprint, attempt, lease_expires_at, expires_at)
       SELECT sha256(n::text::bytea), '', gen_random_uuid(), now(), now() - interval '1 second'
         FROM generate_series(1, 500) AS n`,
    );
    const removed = await Promise.all(
      system.apps.map((app) => deleteBatches(IDEMPOTENCY_CLEANUP, app.get(Jobs))),
    );
    // The second replica finds the lock taken, or comes so late that no old key is left.
    expect(removed.map((count) => count ?? 0).toSorted((a, b) => a - b)).toEqual([0, 500]);
    expect(await stage.rows()).toHaveLength(1);
    expectReplayOf(await create(body, 'young'), first);
  });
});

/** From now on every write of a user waits until release. */
async function holdUsers(): Promise<() => Promise<void>> {
  const client = new Client(system.database.url);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE "user" IN SHARE MODE');
  return () => client.end();
}

async function untilClaimed(): Promise<void> {
  await eventually(async () => {
    expect((await stage.rows()).filter(({ answer }) => answer === null)).not.toEqual([]);
  });
}
