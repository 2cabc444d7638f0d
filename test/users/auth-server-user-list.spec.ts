import { send } from '../support/raw-http';
import { System } from '../support/system';

let system: System;
let administrator: string;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  administrator = (await system.asAdmin()).refreshToken;
});

afterAll(() => system.stop());

async function list(query: string): Promise<{ status: number; code?: string; users?: object[] }> {
  const { status, text } = await send(system.settings.authUrl, {
    path: `/api/auth/admin/list-users?${query}`,
    headers: { authorization: `Bearer ${administrator}` },
  });
  return { status, ...JSON.parse(text) };
}

describe("Better-Auth's list of users", () => {
  it.each(['sortBy=id', 'sortBy=createdAt', 'sortBy=', 'filterField=role&filterValue=admin'])(
    'has users for %s',
    async (query) => {
      const { status, users } = await list(query);
      expect([status, users?.length]).toEqual([200, 1]);
    },
  );

  it.each(['password', 'nope', 'id; DROP', 'toString', '__proto__', 'constructor'])(
    'is refused in the order of a field %s, and with a filter for it',
    async (name) => {
      const field = encodeURIComponent(name);
      for (const query of [`sortBy=${field}`, `filterField=${field}&filterValue=a`]) {
        const { status, code, users } = await list(query);
        expect([status, code, users]).toEqual([400, 'VALIDATION_ERROR', undefined]);
      }
    },
  );

  it.each([
    'filterField=createdAt&filterValue=never&filterOperator=gt',
    'offset=1e20',
    'offset=-1',
  ])('is refused with a value that the database cannot read: %s', async (query) => {
    const { status, users } = await list(query);
    expect([status, users]).toEqual([400, undefined]);
  });

  it.each(['select count(', 'select "primary".* from (select * from "user" limit'])(
    'is unavailable, and not empty, when the database does not answer %s',
    async (statement) => {
      await interrupt(statement);
      try {
        expect(await list('')).toMatchObject({ status: 503, code: 'DATABASE_UNAVAILABLE' });
      } finally {
        await system.query('ALTER TABLE "user" DISABLE ROW LEVEL SECURITY');
        await system.query('DROP POLICY readable ON "user"');
      }
      expect(await list('')).toMatchObject({ status: 200, users: [{ role: 'admin' }] });
    },
  );
});

/** PostgreSQL ends each query of users that begins with the statement, as at its shutdown. */
async function interrupt(statement: string): Promise<void> {
  await system.query(`
    CREATE OR REPLACE FUNCTION is_readable() RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      IF starts_with(current_query(), '${statement}') THEN
        RAISE 'terminating connection due to administrator command' USING ERRCODE = '57P01';
      END IF;
      RETURN true;
    END $$`);
  await system.query('CREATE POLICY readable ON "user" USING (is_readable()) WITH CHECK (true)');
  await system.query('ALTER TABLE "user" ENABLE ROW LEVEL SECURITY');
}
