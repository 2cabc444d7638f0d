import { DataSource, type QueryRunner } from 'typeorm';
import type { Benchmark } from './common/benchmark';
import { type Contestant, renderMedians, takeTurns } from './common/interleaved';
import { startUserListSystem, type UserListSystem } from './user-list-system';
import type { UserPage } from '../src/admin/users/users.schemas';
import { pageQuery } from '../src/admin/users/user-list.query';

const USERS = 1_000_000;
const LIMIT = 50;
const FAR_PAGE = 10_000;
const ROUNDS = 9;
const LIST = '/api/v1/admin/users';

type Print = (line: string) => void;

/** First and late pages of a long list, and searches with and without the index. */
export const userListBenchmark: Benchmark = {
  name: 'user-list',
  async run(print) {
    const system = await startUserListSystem(USERS);
    try {
      print(`${USERS} users; medians of ${ROUNDS} rounds, in turns`);
      await comparePages(system, print);
      await compareSearches(system, print);
    } finally {
      await system.stop();
    }
  },
};

async function comparePages(system: UserListSystem, print: Print): Promise<void> {
  const cursor = await cursorBefore(system, FAR_PAGE);
  const offset = (FAR_PAGE - 1) * LIMIT;
  const select = 'SELECT * FROM "user" ORDER BY created_at, id';
  await compare(print, {
    reference: 'first page, HTTP',
    operations: 50,
    ways: {
      'first page, HTTP': () => system.get(`${LIST}?sort=createdAt&limit=${LIMIT}`),
      'page 10,000, HTTP': () =>
        system.get(`${LIST}?sort=createdAt&limit=${LIMIT}&cursor=${cursor}`),
    },
  });
  const dataSource = system.app.get(DataSource);
  await compare(print, {
    reference: 'first page, SQL',
    operations: 3,
    ways: {
      'first page, SQL': () => dataSource.query(`${select} LIMIT ${LIMIT + 1}`),
      'page 10,000 by OFFSET, SQL': () =>
        dataSource.query(`${select} OFFSET ${offset} LIMIT ${LIMIT + 1}`),
    },
  });
}

/** In large steps: the size of a page may change. */
async function cursorBefore(system: UserListSystem, page: number): Promise<string> {
  let cursor = '';
  for (let left = (page - 1) * LIMIT; left > 0; left -= Math.min(left, 200)) {
    const query = `sort=createdAt&limit=${Math.min(left, 200)}`;
    const { nextCursor } = await system.get<UserPage>(
      `${LIST}?${query}${cursor && `&cursor=${cursor}`}`,
    );
    cursor = nextCursor!;
  }
  return cursor;
}

async function compareSearches(system: UserListSystem, print: Print): Promise<void> {
  const runner = system.app.get(DataSource).createQueryRunner();
  await runner.connect();
  // The cost of a search without an index; for this connection only.
  await runner.query('SET enable_bitmapscan = off; SET enable_indexscan = off');
  try {
    for (const search of ['.777777@', 'nobodyhasthis']) {
      await compare(print, {
        reference: 'with the index, HTTP',
        operations: 3,
        ways: {
          'with the index, HTTP': () => system.get(`${LIST}?search=${encodeURIComponent(search)}`),
          'without it, SQL': () => searchOn(runner, search),
        },
        title: `search for ${search}`,
      });
    }
  } finally {
    await runner.query('RESET enable_bitmapscan; RESET enable_indexscan');
    await runner.release();
  }
}

function searchOn(runner: QueryRunner, search: string): Promise<unknown> {
  const { text, values } = pageQuery(
    { search, sort: '-createdAt', limit: LIMIT },
    { start: null, seed: '1' },
  );
  return runner.query(text, values);
}

interface Comparison {
  title?: string;
  reference: string;
  operations: number;
  ways: Record<string, () => Promise<unknown>>;
}

async function compare(print: Print, { title, reference, operations, ways }: Comparison) {
  if (title) print(title);
  const contestants = Object.entries(ways).map(([name, ask]): Contestant => ({
    name,
    run: async () => {
      for (let count = 0; count < operations; count += 1) await ask();
    },
  }));
  const medians = await takeTurns(contestants, { rounds: ROUNDS, operations });
  for (const line of renderMedians(medians, reference)) print(line);
}
