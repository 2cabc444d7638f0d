import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importUsers } from '../../auth-server/user-transfer/import-users';
import { PASSWORD, type RunningAuthServer, startAuthServer } from '../support/auth-server/harness';
import { VECTORS } from './vectors';

const [{ hash: passwordHash, password: oldPassword }] = VECTORS as [(typeof VECTORS)[0]];
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-claimed-'));
let server: RunningAuthServer;
let printed: string[];

beforeAll(async () => (server = await startAuthServer()));
beforeEach(() => (printed = []));
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function run(user: object) {
  const file = join(folder, 'users.jsonl');
  writeFileSync(file, JSON.stringify(user));
  const print = (line: string) => void printed.push(line);
  return importUsers(server.sql, { file, format: 'gatehouse', isDryRun: false, print });
}

const signInStatus = async (email: string, password: string) =>
  (await server.post('/api/auth/sign-in/email', { email, password })).status;

it('a user of the file is not taken for a stranger who signed up with the address and did not verify it', async () => {
  const email = 'owner@example.com';
  const { userId } = await server.signUp(email);
  const line = { email, emailVerified: true, passwordHash };
  expect(await run(line)).toEqual({ created: 0, skipped: 0, failed: 1 });
  expect(printed[0]).toBe('line 1: a user who has not verified the e-mail address has it');
  await server.sql.query('DELETE FROM "user" WHERE id = $1', [userId]);
  expect(await run(line)).toEqual({ created: 1, skipped: 0, failed: 0 });
  expect(await run(line)).toEqual({ created: 0, skipped: 1, failed: 0 });
  expect(await signInStatus(email, PASSWORD)).toBe(401);
  expect(await signInStatus(email, oldPassword)).toBe(200);
});

it('a user of the file whose id is known is the same one, verified or not', async () => {
  const email = 'same@example.com';
  const { userId } = await server.signUp(email);
  const line = { id: userId, email, emailVerified: true, passwordHash };
  expect(await run(line)).toEqual({ created: 0, skipped: 1, failed: 0 });
});

it.each([
  ['verified', true],
  ['unverified', false],
])(
  'a sign-up with an imported address that is %s leaves the user as they are',
  async (_what, emailVerified) => {
    const email = `imported-${emailVerified}@example.com`;
    await run({ email, emailVerified, passwordHash });
    const body = { email, password: PASSWORD, name: 'Stranger' };
    await server.post('/api/auth/sign-up/email', body).expect(422);
    expect(await signInStatus(email, PASSWORD)).toBe(401);
    expect(await signInStatus(email, oldPassword)).toBe(200);
  },
);
