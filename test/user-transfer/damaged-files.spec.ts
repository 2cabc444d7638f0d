import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportUsers } from '../../auth-server/user-transfer/export-users';
import { importUsers, type ImportOptions } from '../../auth-server/user-transfer/import-users';
import { type RunningAuthServer, startAuthServer } from '../support/auth-server/harness';
import { VECTORS } from './vectors';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-damaged-'));
const file = join(folder, 'users.jsonl');
let server: RunningAuthServer;
let printed: string[];

beforeAll(async () => (server = await startAuthServer()));
beforeEach(() => (printed = []));
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function run(options: Partial<ImportOptions> = {}) {
  const print = (line: string) => void printed.push(line);
  const given = { file, format: 'gatehouse', isDryRun: false, print } as const;
  return importUsers(server.sql, { ...given, ...options });
}

const lineOf = (user: object) => JSON.stringify(user);

it.each([
  [
    'has bytes that are no UTF-8',
    Buffer.from('{"email": "a@example.com", "name": "Jos\xe9"}', 'latin1'),
    'is not UTF-8',
  ],
  ['has a NUL in its syntax', '{"email": "a@example.com"\u0000}', 'is not JSON'],
  [
    'has a NUL in a value',
    '{"email": "a@example.com", "name": "\\u0000"}',
    'a value breaks the rules of a user (INVALID_NAME)',
  ],
  [
    'names a field twice',
    '{"email": "a@example.com", "role": "user", "r\\u006fle": "admin"}',
    'names a field twice',
  ],
  ['is nested deeply', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'has too many levels'],
  [
    'has more than a mebibyte',
    lineOf({ email: 'a@example.com', name: 'x'.repeat(1_048_577) }),
    'is longer than 1048576 bytes',
  ],
  [
    'has a very long hash',
    lineOf({
      email: 'a@example.com',
      passwordHash: VECTORS[4]!.hash.replace('i=', `i=${'0'.repeat(1_000)}`),
    }),
    'the hash is longer than 1000 characters',
  ],
])(
  'a line is refused with its number, and the next one is imported: it %s',
  async (_what, line, problem) => {
    const before = Buffer.from(`\n${lineOf({ email: 'before@example.com' })}\r\n`);
    const after = Buffer.from(`\n${lineOf({ email: 'after@example.com' })}`);
    writeFileSync(file, Buffer.concat([before, Buffer.from(line as string), after]));
    await server.sql.query(`DELETE FROM "user" WHERE email LIKE '%@example.com' AND role = 'user'`);
    expect(await run()).toEqual({ created: 2, skipped: 0, failed: 1 });
    expect(printed[0]).toBe(`line 3: ${problem}`);
    expect(printed[1]).toMatch(/^up to line 4: /);
  },
);

it('a file can begin with a byte order mark', async () => {
  writeFileSync(file, `\uFEFF${lineOf({ email: 'mark@example.com' })}\n`);
  expect(await run()).toEqual({ created: 1, skipped: 0, failed: 0 });
});

it('an export with unusual characters in names is imported', async () => {
  const { userId } = await server.signUp('unusual@example.com');
  const name = 'One\u2028two\u2029three four \uFFFD';
  await server.sql.query(`UPDATE "user" SET name = $1 WHERE id = $2`, [name, userId]);
  const exported = join(folder, 'export.jsonl');
  await exportUsers(server.sql, exported);
  await server.sql.query(`DELETE FROM "user" WHERE id = $1`, [userId]);
  expect(await run({ file: exported })).toMatchObject({ created: 1, failed: 0 });
  const { rows } = await server.sql.query(`SELECT name FROM "user" WHERE id = $1`, [userId]);
  expect(rows).toEqual([{ name }]);
});
