import { Client } from 'pg';
import {
  type ListUsers,
  USER_ORDERS,
  type UserOrder,
  type UserPage,
} from '../../src/admin/users/users.schemas';
import { pageQuery } from '../../src/admin/users/user-list.query';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { type SignedInUser, System } from '../support/system';

const LIST = '/api/v1/admin/users';

let system: System;
let admin: SignedInUser;

beforeAll(async () => {
  system = await System.start({ replicas: 2 });
  admin = await system.asAdmin();
});

afterAll(() => system.stop());

/** A page from the replica. */
async function list(query: string, replica = 0): Promise<UserPage> {
  const caller = new Caller(system.replicas[replica]!.url, admin.accessToken);
  const { status, body } = await caller.get<UserPage>(`${LIST}?${query}`);
  expect(status).toBe(200);
  return body;
}

/** All pages, alternating between the replicas. */
async function walk(query: string): Promise<string[]> {
  const ids: string[] = [];
  let next: string | null = '';
  for (let page = 0; next !== null; page += 1) {
    expect(page).toBeLessThan(1_000);
    const answer: UserPage = await list(next ? `${query}&cursor=${next}` : query, page % 2);
    ids.push(...answer.items.map(({ id }) => id));
    next = answer.nextCursor;
  }
  return ids;
}

describe('paging during writes', () => {
  const BASE = 300;

  beforeAll(async () => {
    // Seven names, and times that differ by microseconds: many rows are equal in every order.
    await system.query(
      `INSERT INTO "user" (id, name, email, created_at)
       SELECT 'base-' || md5(n::text), 'Name ' || n % 7, 'base.' || n || '@example.com',
              timestamptz '2020-01-01' + n * interval '1 microsecond' * 37
         FROM generate_series(1, $1::int) AS n`,
      [BASE],
    );
  });

  afterAll(() => system.query(`DELETE FROM "user" WHERE email <> $1`, [admin.email]));

  it('covers many rows that are equal in the order', async () => {
    const [row] = await system.query<{ times: number; names: number }>(
      `SELECT count(DISTINCT created_at)::int AS times, count(DISTINCT name)::int AS names
         FROM "user" WHERE id LIKE 'base-%'`,
    );
    expect(row!.times).toBeLessThan(20);
    expect(row!.names).toBe(7);
  });

  it.each(USER_ORDERS)('in the order %s returns every remaining user once', async (sort) => {
    const writers = await Promise.all([1, 2, 3].map((name) => Writer.start(name)));
    try {
      // Pages of both sizes are read until each writer has inserted and deleted users often.
      const hasWritten = () => writers.every(({ rounds }) => rounds > 10);
      for (let walks = 0; walks < 2 || !hasWritten(); walks += 1) {
        const ids = await walk(`sort=${sort}&limit=${walks % 2 === 0 ? 10 : 50}`);
        expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
        expect(ids.filter((id) => id.startsWith('base-'))).toHaveLength(BASE);
      }
    } finally {
      await Promise.all(writers.map((writer) => writer.stop()));
    }
  });
});

/** Inserts users all over the list and deletes them, as fast as possible. */
class Writer {
  private stopping = false;
  /** How often it inserted users. */
  rounds = 0;
  private readonly finished: Promise<void>;

  private constructor(
    private readonly client: Client,
    private readonly name: number,
  ) {
    this.finished = this.run();
  }

  static async start(name: number): Promise<Writer> {
    const client = new Client(system.database.url);
    await client.connect();
    return new Writer(client, name);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.finished;
    await this.client.end();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      this.rounds += 1;
      const prefix = `passing-${this.name}-${this.rounds}`;
      await this.client.query(
        `INSERT INTO "user" (id, name, email, created_at)
         SELECT $1 || '-' || n, 'Name ' || n || '.5', md5($1 || n) || '@example.com',
                timestamptz '2020-01-01' + n * interval '1 microsecond' * 1111
           FROM generate_series(1, 9) AS n`,
        [prefix],
      );
      await this.client.query(`DELETE FROM "user" WHERE id LIKE $1`, [`${prefix}-%`]);
    }
  }
}

describe('a user of a page', () => {
  const NAMES = [
    'quote " backslash \\',
    '001","createdAt":"x","updatedAt":"y001"}',
    ',{"id":"other"}',
    'ends in 001',
    '\u2028 😀 é',
  ];

  beforeAll(async () => {
    await system.query(
      `INSERT INTO "user" (id, name, email, image, role, banned, ban_reason, ban_expires, created_at, updated_at)
       SELECT 'shape-' || n, name, 'shape.' || n || '@example.com', CASE n WHEN 1 THEN name END,
              'user', n > 1, CASE WHEN n > 2 THEN name END,
              CASE n WHEN 3 THEN timestamptz '2999-01-01 00:00:00.02Z' WHEN 4 THEN now() - interval '1 day' END,
              timestamptz '2020-01-01 00:00:00Z' + n * interval '10 milliseconds', '2021-06-01 12:00:00+02'
         FROM unnest($1::text[]) WITH ORDINALITY AS names (name, n)`,
      [NAMES],
    );
  });

  afterAll(() => system.query(`DELETE FROM "user" WHERE email <> $1`, [admin.email]));

  it.each([1, 5, 200])('has the shape of the user alone, in pages of %i', async (limit) => {
    const pages = [await list(`limit=${limit}&search=shape.&sort=createdAt`)];
    while (pages.at(-1)!.nextCursor !== null) {
      const { nextCursor } = pages.at(-1)!;
      pages.push(await list(`limit=${limit}&search=shape.&sort=createdAt&cursor=${nextCursor}`));
    }
    const users = pages.flatMap(({ items }) => items);
    expect(users.map(({ name }) => name)).toEqual(NAMES);
    for (const user of users) {
      const { body } = await admin.caller.get(`${LIST}/${user.id}`);
      expect(Object.entries(user)).toEqual(Object.entries(body as object));
    }
  });

  it('is shown as it is now in a page that was sent before', async () => {
    const read = async () => {
      const orders = ['createdAt', '-createdAt', 'email', 'name'].map((sort) => `sort=${sort}`);
      const pages = await Promise.all(orders.map((order) => list(`limit=50&${order}`)));
      const users = pages.map(({ items }) => items.find(({ id }) => id === 'shape-1'));
      expect(new Set(pages.map(({ items }) => items[0]!.id)).size).toBeGreaterThan(1);
      return [...new Set(users.map((user) => JSON.stringify(user)))].map((text) => text ?? null);
    };
    const change = (set: string) => system.query(`UPDATE "user" SET ${set} WHERE id = 'shape-1'`);
    const before = await read();
    expect(await read()).toEqual(before);
    await change(`name = 'Changed'`);
    expect(await read()).toEqual([
      before[0]!.replace(/"name":"(?:[^"\\]|\\.)*"/, '"name":"Changed"'),
    ]);
    await change(`banned = true, ban_expires = now() + interval '1 second'`);
    await eventually(async () => {
      const [user] = await read();
      expect(user).toContain('"banned":false,"banReason":null,"banExpires":null');
    });
    await system.query(`DELETE FROM "user" WHERE id = 'shape-1'`);
    expect(await read()).toEqual([null]);
  });

  it('is missing from an empty page', async () => {
    const page = await list('search=matches-no-user&include=total');
    expect(page).toEqual({ items: [], nextCursor: null, total: 0 });
  });
});

describe('a cursor', () => {
  beforeAll(async () => {
    await system.asUser();
    await system.asUser();
  });

  it('is valid with another page size, and with a total', async () => {
    const { nextCursor } = await list('limit=1');
    const rest = await list(`limit=200&include=total&cursor=${nextCursor}`, 1);
    expect(rest.items).toHaveLength(rest.total! - 1);
  });

  it.each([
    ['another order', 'sort=name'],
    ['another role', 'role=user'],
    ['another search', 'search=user'],
    ['another ban', 'banned=false'],
    ['another verification', 'emailVerified=false'],
  ])('is refused with %s', async (_title, query) => {
    const { nextCursor } = await list('limit=1');
    const answer = await admin.caller.get(`${LIST}?${query}&cursor=${nextCursor}`);
    expect(expectProblem(answer, 'validation_failed').errors![0]!.pointer).toBe('/cursor');
  });

  it('is refused when it was changed', async () => {
    const { nextCursor } = await list('limit=1');
    const changed = Buffer.from(nextCursor!, 'base64url');
    changed[changed.length - 3]! ^= 1;
    const other = changed.toString('base64url');
    expectProblem(await admin.caller.get(`${LIST}?cursor=${other}`), 'validation_failed');
  });

  it('is signed with one key, also when several replicas create it at once', async () => {
    const keys = await system.query('SELECT name FROM installation_secret');
    expect(keys).toHaveLength(1);
  });
});

describe('with 20,000 users', () => {
  beforeAll(async () => {
    await system.query(
      `INSERT INTO "user" (id, name, email, created_at)
       SELECT md5(n::text), 'Name ' || md5((n % 8000)::text), md5((n * 7)::text) || '.' || n || '@example.com',
              timestamptz '2020-01-01' + n / 3 * interval '1 second'
         FROM generate_series(1, 20000) AS n`,
    );
    await system.query('VACUUM (ANALYZE) "user"');
  });

  interface Plan {
    'Node Type': string;
    'Index Name'?: string;
    Plans?: Plan[];
  }

  /** The plan of a page: its nodes that read rows. */
  async function readsOf(query: Partial<ListUsers>, hasStart = false): Promise<string[]> {
    const full: ListUsers = { limit: 50, sort: '-createdAt', ...query };
    const start = hasStart ? startIn(full.sort) : null;
    const { text: sql, values } = pageQuery(full, { start, seed: '1' });
    const [row] = await system.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `EXPLAIN (FORMAT JSON) ${sql}`,
      values,
    );
    return [...new Set(flatten(row!['QUERY PLAN'][0]!.Plan))];
  }

  function flatten(plan: Plan): string[] {
    const type = plan['Node Type'];
    // The page itself is a subquery: its scans read no table.
    const isRead = type.includes('Scan') && !['Subquery Scan', 'CTE Scan'].includes(type);
    const own = isRead ? [plan['Index Name'] ?? type] : [];
    return [...own, ...(plan.Plans ?? []).flatMap(flatten)];
  }

  function startIn(order: UserOrder) {
    const value = order.endsWith('createdAt') ? '2020-01-01T01:00:00.000Z' : 'm';
    return { value, id: 'm' };
  }

  it.each([
    ['createdAt', 'user_created_at_id_idx'],
    ['-createdAt', 'user_created_at_id_idx'],
    ['email', 'user_email_key'],
    ['name', 'user_name_id_idx'],
  ] as const)('a page in the order %s is read from an index alone', async (sort, index) => {
    expect(await readsOf({ sort })).toEqual([index]);
    expect(await readsOf({ sort }, true)).toEqual([index]);
  });

  it.each(USER_ORDERS)('the few users of a filter have an index in the order %s', async (sort) => {
    expect(await readsOf({ sort, role: 'admin' })).toEqual(['user_role_idx']);
    expect(await readsOf({ sort, role: 'admin', search: 'name' })).toEqual(['user_role_idx']);
    expect(await readsOf({ sort, banned: true })).toEqual(['user_banned_idx']);
    expect(await readsOf({ sort, banned: true, search: 'name' })).toEqual(['user_banned_idx']);
  });

  it('statements that ask for bans may use parallel workers, such as the statistics', async () => {
    const parallel = `SELECT proparallel FROM pg_proc WHERE proname = 'gatehouse_is_banned'`;
    expect(await system.query(parallel)).toEqual([{ proparallel: 's' }]);
  });

  it.each(USER_ORDERS)('a search uses the trigram index in the order %s', async (sort) => {
    for (const search of ['.13337@', 'nobodyhasthis', 'Name c4ca4238a0']) {
      const reads = await readsOf({ sort, search });
      expect(reads).toContain('user_search_idx');
      expect(reads).not.toContain('Seq Scan');
    }
  });

  it('finds parts of names and e-mail addresses in any case, counted exactly', async () => {
    const search = async (text: string) =>
      (await list(`include=total&search=${encodeURIComponent(text)}`)).total;
    expect(await search('.13337@EXAMPLE')).toBe(1);
    // md5('1'), of users 1, 8001 and 16001.
    expect(await search('name C4CA4238A0B9')).toBe(3);
    expect(await search('c4')).toBe(await countWhere(`name ILIKE '%c4%' OR email ILIKE '%c4%'`));
    expect(await search('é')).toBe(0);
  });

  async function countWhere(condition: string): Promise<number> {
    const sql = `SELECT count(*)::int AS count FROM "user" WHERE ${condition}`;
    const [row] = await system.query<{ count: number }>(sql);
    return row!.count;
  }
});
