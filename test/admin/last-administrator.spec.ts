import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { System } from '../support/system';

/** More rounds take longer: `LAST_ADMINISTRATOR_ROUNDS=200 npm test -- test/admin/last`. */
const ROUNDS = Number(process.env.LAST_ADMINISTRATOR_ROUNDS ?? 15);

const REPLICAS = 3;
const ADMINISTRATORS = 6;
/** For each administrator, all at the same moment. */
const ATTEMPTS = 3;

/** An administrator with sessions on every replica and at the auth server. */
interface Administrator {
  id: string;
  replicas: Caller[];
  authServer: Caller;
}

interface Attempt {
  actor: Administrator;
  target: Administrator;
  /** The replica that receives the request, if any. */
  replica: Caller;
}

/** Every operation that can remove an administrator. */
const WAYS: Record<string, (attempt: Attempt) => Promise<{ status: number }>> = {
  'demotes another': ({ replica, target }) =>
    replica.put(`/api/v1/admin/users/${target.id}/role`, { role: 'user' }),
  'bans another': ({ replica, target }) => replica.put(`/api/v1/admin/users/${target.id}/ban`, {}),
  'deletes another': ({ replica, target }) => replica.delete(`/api/v1/admin/users/${target.id}`),
  'deletes themselves': ({ replica }) => replica.delete('/api/v1/users/me'),
  'demotes themselves': ({ replica, actor }) =>
    replica.put(`/api/v1/admin/users/${actor.id}/role`, { role: 'user' }),
  'set-role': ({ actor, target }) =>
    actor.authServer.post('/api/auth/admin/set-role', { userId: target.id, role: 'user' }),
  'set-role of themselves': ({ actor }) =>
    actor.authServer.post('/api/auth/admin/set-role', { userId: actor.id, role: 'user' }),
  'ban-user': ({ actor, target }) =>
    actor.authServer.post('/api/auth/admin/ban-user', { userId: target.id }),
  'remove-user': ({ actor, target }) =>
    actor.authServer.post('/api/auth/admin/remove-user', { userId: target.id }),
  'update-user': ({ actor, target }) =>
    actor.authServer.post('/api/auth/admin/update-user', {
      userId: target.id,
      data: { role: 'user' },
    }),
};

/** The first of them; the others are operations of the auth server. */
const OF_THE_API = 5;

let system: System;

beforeAll(async () => {
  system = await System.start({ replicas: REPLICAS });
});

afterAll(() => system.stop());

/** Only these users are administrators in this test. */
async function makeAdministrators(): Promise<Administrator[]> {
  const ids = Array.from({ length: ADMINISTRATORS }, () => randomUUID());
  await system.query(
    `WITH former AS (DELETE FROM "user")
     INSERT INTO "user" (id, name, email, role, email_verified)
     SELECT id, 'Administrator', id || '@example.com', 'admin', true FROM unnest($1::text[]) AS id`,
    [ids],
  );
  await system.query(
    `INSERT INTO session (id, user_id, token, expires_at)
     SELECT 's-' || id, id, 't-' || id, now() + interval '1 day' FROM unnest($1::text[]) AS id`,
    [ids],
  );
  return Promise.all(ids.map(signIn));
}

async function signIn(id: string): Promise<Administrator> {
  const authServer = new Caller(system.settings.authUrl, `t-${id}`);
  const { body } = await authServer.get<{ token: string }>('/api/auth/token');
  const replicas = system.replicas.map(({ url }) => new Caller(url, body.token));
  return { id, replicas, authServer };
}

/**
 * All at once, in another combination in each round: through the API, the auth server, and both.
 */
function attemptAll(round: number, administrators: Administrator[]) {
  const all = Object.keys(WAYS);
  const names = [all, all.slice(0, OF_THE_API), all.slice(OF_THE_API)][round % 3]!;
  return Promise.all(
    administrators.flatMap((actor, index) =>
      Array.from({ length: ATTEMPTS }, async (_, attempt) => {
        const way = names[(round * 7 + index * 3 + attempt) % names.length]!;
        const step = 1 + ((round + attempt) % (ADMINISTRATORS - 1));
        const target = administrators[(index + step) % ADMINISTRATORS]!;
        const replica = actor.replicas[(round + index + attempt) % REPLICAS]!;
        const { status } = await WAYS[way]!({ actor, target, replica });
        return { way, status };
      }),
    ),
  );
}

async function countAdministrators(): Promise<number> {
  const [row] = await system.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM "user" WHERE role = 'admin' AND NOT banned`,
  );
  return row!.count;
}

it('keeps an administrator under concurrent changes by administrators', async () => {
  const tally: Record<string, Record<number, number>> = {};
  const left: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { way, status } of await attemptAll(round, await makeAdministrators())) {
      const counts = (tally[way] ??= {});
      counts[status] = (counts[status] ?? 0) + 1;
    }
    // None is promoted again. If there had been none at any moment, there would be none now.
    left.push(await countAdministrators());
  }
  const lines = Object.entries(tally).map(([way, counts]) => `${way}: ${JSON.stringify(counts)}`);
  process.stdout.write(
    `${ROUNDS} rounds, administrators left: ${left.join(' ')}\n${lines.join('\n')}\n`,
  );
  expect(Math.min(...left)).toBeGreaterThanOrEqual(1);
  // The race is real: one remained, and the last removal was refused.
  expect(left).toContain(1);
  const refusals = Object.values(tally).reduce((sum, counts) => sum + (counts[409] ?? 0), 0);
  expect(refusals).toBeGreaterThan(0);
  expect(Object.keys(tally).toSorted()).toEqual(Object.keys(WAYS).toSorted());
  const statuses = new Set(Object.values(tally).flatMap((counts) => Object.keys(counts)));
  expect([...statuses].filter((status) => Number(status) >= 500)).toEqual([]);
});

it('keeps an administrator when the client disconnects during the request', async () => {
  const [ann, ben, ...others] = (await makeAdministrators()) as [Administrator, Administrator];
  await system.query('DELETE FROM "user" WHERE id = ANY ($1)', [others.map(({ id }) => id)]);
  const holder = new Client(system.database.url);
  await holder.connect();
  // No user is changed while the lock is held.
  await holder.query('BEGIN; LOCK TABLE "user" IN SHARE MODE');
  const demote = (actor: Administrator, target: Administrator, signal?: AbortSignal) =>
    fetch(`${system.settings.authUrl}/api/auth/admin/set-role`, {
      method: 'POST',
      headers: {
        authorization: `Bearer t-${actor.id}`,
        origin: system.settings.authUrl,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ userId: target.id, role: 'user' }),
      signal,
    });
  const hangUp = new AbortController();
  const first = demote(ann, ben, hangUp.signal).catch(() => null);
  await untilOneWaits();
  hangUp.abort();
  await first;
  const second = demote(ben, ann);
  // Long enough for the request to finish if the first one did not block it.
  await pause(500);
  await holder.end();
  const { status } = await second;
  expect([200, 403, 409]).toContain(status);
  expect(await countAdministrators()).toBe(1);
});

describe('the auth server, asked in another way to demote the last administrator', () => {
  it.each([
    ['/api/auth/./admin/set-role', { role: 'user' }],
    ['/api/auth/%2e/admin/set-role', { role: 'user' }],
    ['/x/%2e%2e/api/auth/admin/set-role', { role: 'user' }],
    ['/api/auth\\admin/set-role', { role: 'user' }],
    ['/api/auth//admin/set-role', { role: 'user' }],
    ['/api/auth/admin/set-role/', { role: 'user' }],
    ['/api/auth/admin/update-user', { data: { banned: true } }],
    ['/api/auth/admin/update-user', { data: { banned: true, banExpires: '2100-01-01' } }],
  ])('keeps the administrator: %s %j', async (path, body) => {
    const [ann, ...others] = (await makeAdministrators()) as [Administrator];
    await system.query('DELETE FROM "user" WHERE id = ANY ($1)', [others.map(({ id }) => id)]);
    await sendAsIs(path, { userId: ann.id, ...body }, `t-${ann.id}`);
    expect(await countAdministrators()).toBe(1);
  });

  it('deletes nothing of an administrator whose removal is refused', async () => {
    const [ann, ben, ...others] = (await makeAdministrators()) as [Administrator, Administrator];
    await system.query('DELETE FROM "user" WHERE id = ANY ($1)', [others.map(({ id }) => id)]);
    // The role is checked from a session that was read before Ann is demoted.
    const holder = new Client(system.database.url);
    await holder.connect();
    await holder.query(
      `BEGIN; SET CONSTRAINTS ALL IMMEDIATE; UPDATE "user" SET role = 'user' WHERE id = '${ann.id}'`,
    );
    const removal = ann.authServer.post('/api/auth/admin/remove-user', { userId: ben.id });
    await eventually(async () => {
      const waiting = await system.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(waiting).toHaveLength(1);
    });
    await holder.query('COMMIT');
    await holder.end();
    expect(await removal).toMatchObject({ status: 409, body: { code: 'LAST_ADMIN' } });
    const left = await system.query('SELECT id FROM session WHERE user_id = $1', [ben.id]);
    expect(left).toHaveLength(1);
  });

  it('answers others while 200 unauthenticated requests arrive', async () => {
    const body = { userId: 'nobody', role: 'user' };
    const anonymous = new Caller(system.settings.authUrl);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => anonymous.post('/api/auth/admin/set-role', body)),
    );
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([401]);
    const [row] = await system.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'gatehouse-auth'`,
    );
    expect(row!.count).toBeLessThanOrEqual(system.settings.databasePoolMax);
  });
});

/** Sends the path without the changes that `fetch` makes. */
async function sendAsIs(path: string, body: object, token: string): Promise<void> {
  const { port } = new URL(system.settings.authUrl);
  const text = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  };
  const sent = request({ port, path, method: 'POST', headers }).end(text);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
}

/** Until a statement waits for the lock. */
async function untilOneWaits(): Promise<void> {
  await eventually(async () => {
    const waiting = await system.query(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE 'update%'`,
    );
    expect(waiting).toHaveLength(1);
  });
}
