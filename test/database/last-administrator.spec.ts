import type { Client } from 'pg';
import { isBanInForce } from '../../contract';
import {
  interleavings,
  openConnections,
  runInterleaved,
  type Actor,
  type Steps,
} from './interleavings';

let connections: Record<Actor, Client>;
let observer: Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ connections, observer, close } = await openConnections());
});

afterAll(() => close());

async function createUsers(roles: Record<string, string>): Promise<void> {
  await observer.query('TRUNCATE "user" CASCADE');
  for (const [id, role] of Object.entries(roles)) {
    await observer.query(`INSERT INTO "user" (id, name, email, role) VALUES ($1, $1, $1, $2)`, [
      id,
      role,
    ]);
  }
}

describe('a commit that leaves no active administrator', () => {
  beforeEach(() => createUsers({ a: 'admin', b: 'user' }));

  it.each([
    [`UPDATE "user" SET role = 'user'`],
    [`UPDATE "user" SET banned = true WHERE id = 'a'`],
    [`UPDATE "user" SET banned = true, ban_expires = now() + interval '1 minute'`],
    [`DELETE FROM "user" WHERE id = 'a'`],
    [`DELETE FROM "user"`],
    [`SET session_replication_role = replica; UPDATE "user" SET role = 'user'`],
    [`BEGIN; UPDATE "user" SET role = 'user'; SET CONSTRAINTS ALL DEFERRED; COMMIT`],
    [`BEGIN ISOLATION LEVEL SERIALIZABLE; DELETE FROM "user"; COMMIT`],
  ])('is refused: %s', async (statements) => {
    await expect(observer.query(statements)).rejects.toMatchObject({ code: 'GH003' });
    await observer.query('ROLLBACK; RESET session_replication_role');
    await expect(countActive()).resolves.toBe(1);
  });

  it('is refused when only the end of an expired ban moves to the future', async () => {
    await observer.query(
      `UPDATE "user" SET banned = true, ban_expires = '2000-01-01' WHERE id = 'a'`,
    );
    const update = `UPDATE "user" SET ban_expires = now() + interval '1 day' WHERE id = 'a'`;
    await expect(observer.query(update)).rejects.toMatchObject({ code: 'GH003' });
  });

  it.each([
    [
      'an administrator replaces the last one',
      `UPDATE "user" SET role = 'admin' WHERE id = 'b'; DELETE FROM "user" WHERE id = 'a'`,
    ],
    [
      'the last one is replaced in one transaction',
      `DELETE FROM "user" WHERE id = 'a'; UPDATE "user" SET role = 'admin' WHERE id = 'b'`,
    ],
    ['the name of the last one changes', `UPDATE "user" SET name = 'Other'`],
    ['the id of the last one changes', `UPDATE "user" SET id = 'z' WHERE id = 'a'`],
    ['an ordinary user is deleted', `DELETE FROM "user" WHERE id = 'b'`],
    ['the owner truncates the table', `TRUNCATE "user" CASCADE`],
  ])('is none when %s', async (_what, statements) => {
    await expect(observer.query(`BEGIN; ${statements}; COMMIT`)).resolves.toBeDefined();
  });

  it('is none where there was no active administrator before', async () => {
    await createUsers({ a: 'user' });
    await observer.query(
      `INSERT INTO "user" (id, name, email, role, banned) VALUES ('c', 'c', 'c', 'admin', true)`,
    );
    await observer.query(`DELETE FROM "user" WHERE id = 'c'`);
    await expect(observer.query('DELETE FROM "user"')).resolves.toMatchObject({ rowCount: 1 });
  });
});

describe('two transactions that each take away one of two administrators', () => {
  it.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])(
    'leave one in every order, at %s',
    async (isolation) => {
      for (const order of interleavings(3, 3)) {
        await createUsers({ a: 'admin', b: 'admin' });
        const steps = {
          first: removal('first', 'a', isolation),
          second: removal('second', 'b', isolation),
        };
        await runInterleaved({ order, steps, connections, observer });
        expect([order, await countActive()]).toEqual([order, 1]);
      }
    },
  );

  it('leave none in some order when the trigger is missing', async () => {
    const left = new Set<number>();
    const set = (state: string) =>
      observer.query(`ALTER TABLE "user" ${state} TRIGGER user_update_keeps_administrator`);
    await set('DISABLE');
    for (const order of interleavings(3, 3)) {
      await createUsers({ a: 'admin', b: 'admin' });
      const steps = { first: removal('first', 'a'), second: removal('second', 'b') };
      await runInterleaved({ order, steps, connections, observer });
      left.add(await countActive());
    }
    await set('ENABLE ALWAYS');
    expect(left).toContain(0);
  });
});

/** A refusal, and a failure to serialize, end the transaction. */
function removal(actor: Actor, id: string, isolation = 'READ COMMITTED'): Steps {
  const client = connections[actor];
  const failed: string[] = [];
  return [
    `BEGIN ISOLATION LEVEL ${isolation}; SELECT count(*) FROM "user"`,
    `UPDATE "user" SET role = 'user' WHERE id = '${id}'`,
    'COMMIT',
  ].map((statement) => async () => {
    if (failed.length > 0) return;
    try {
      await client.query(statement);
    } catch (error) {
      failed.push((error as { code: string }).code);
      expect(['GH003', '40001', '40P01']).toContain(failed[0]);
      await client.query('ROLLBACK');
    }
  });
}

async function countActive(): Promise<number> {
  const { rows } = await observer.query<{ count: number }>(
    `SELECT count(*)::int FROM "user"
      WHERE role = 'admin' AND NOT (banned AND (ban_expires IS NULL OR ban_expires > now()))`,
  );
  return rows[0]!.count;
}

it('a ban is in force by the same rule in SQL and in TypeScript', async () => {
  const ends = [null, 'epoch', '-1 second', '1 hour', '-infinity', 'infinity'];
  const grid = [true, false, null].flatMap((banned) => ends.map((end) => ({ banned, end })));
  for (const { banned, end } of grid) {
    const isOffset = end !== null && /^-?1 /.test(end);
    const { rows } = await observer.query<{ sql: boolean | null; end: Date | number | null }>(
      `SELECT "end", gatehouse_is_banned($1, "end") AS sql
         FROM (SELECT ${isOffset ? 'now() + $2::interval' : '$2::timestamptz'} AS "end") AS one`,
      [banned, end],
    );
    const [row] = rows;
    const result = { banned, end, inForce: isBanInForce({ banned, banExpires: row!.end }) };
    expect(result).toEqual({ banned, end, inForce: row!.sql ?? false });
  }
});
