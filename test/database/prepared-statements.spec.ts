import { DataSource } from 'typeorm';
import { PreparedStatements } from '../../src/database/prepared-statements';
import { createTestDatabase, type TestDatabase } from '../support/database';

const QUERY = { name: 'double', text: 'SELECT $1::int * 2 AS "result"', values: [21] };

let database: TestDatabase;
let dataSource: DataSource;
let statements: PreparedStatements;

beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: what is prepared for one statement is there for the next one.
  dataSource = new DataSource({ type: 'postgres', url: database.url, extra: { max: 1 } });
  await dataSource.initialize();
});

beforeEach(() => {
  statements = new PreparedStatements(dataSource);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function preparedNames(): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(
    'SELECT name FROM pg_prepared_statements',
  );
  return rows.map(({ name }) => name);
}

describe('statements that a connection keeps', () => {
  it('are prepared once by their name', async () => {
    expect(await statements.run(QUERY)).toEqual([{ result: 42 }]);
    expect(await statements.run({ ...QUERY, values: [4] })).toEqual([{ result: 8 }]);
    expect(await preparedNames()).toEqual(['double']);
  });

  it('are not prepared without a name', async () => {
    const { name: _name, ...query } = QUERY;
    expect(await statements.run(query)).toEqual([{ result: 42 }]);
    expect(await preparedNames()).toEqual(['double']);
  });

  it('are sent whole from the first time on that the connection has lost one', async () => {
    await statements.run(QUERY);
    // As behind a pooler in transaction mode, where the next statement gets another connection.
    await dataSource.query('DEALLOCATE ALL');
    expect(await statements.run(QUERY)).toEqual([{ result: 42 }]);
    expect(await statements.run(QUERY)).toEqual([{ result: 42 }]);
    expect(await preparedNames()).toEqual([]);
  });

  it('fail with the error of the statement itself', async () => {
    const query = { name: 'zero', text: 'SELECT 1 / $1::int', values: [0] };
    await expect(statements.run(query)).rejects.toMatchObject({ code: '22012' });
  });
});
