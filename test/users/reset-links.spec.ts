import { PASSWORD, startAuthServer, type RunningAuthServer } from '../support/auth-server/harness';

let server: RunningAuthServer;
let count = 0;
let email: string;

beforeAll(async () => (server = await startAuthServer()));
beforeEach(async () => {
  email = `ada-${(count += 1)}@example.com`;
  await server.signUp(email);
});
afterAll(() => server.stop());

/** @returns the code of the mail. */
async function askForReset(): Promise<string> {
  await server.post('/api/auth/request-password-reset', { email }).expect(200);
  const { body } = await server.get('/dev/mailbox');
  return /Code: (\S+)/.exec(body.items[0].text)![1]!;
}

const reset = (token: string, newPassword: string) =>
  server.post('/api/auth/reset-password', { token, newPassword });

const signIn = (password: string) => server.post('/api/auth/sign-in/email', { email, password });

it('a link that is used ten times at once sets one password', async () => {
  const token = await askForReset();
  const passwords = Array.from({ length: 10 }, (_, index) => `password of attempt ${index}`);
  const answers = await Promise.all(passwords.map((password) => reset(token, password)));
  const won = passwords.filter((_, index) => answers[index]!.status === 200);
  expect(won).toHaveLength(1);
  const signIns = await Promise.all(passwords.map(signIn));
  expect(passwords.filter((_, index) => signIns[index]!.status === 200)).toEqual(won);
});

it('an expired link sets no password', async () => {
  const token = await askForReset();
  await server.sql.query(`UPDATE verification SET expires_at = now() - interval '1 second'`);
  const { body } = await reset(token, 'password of a late one').expect(400);
  expect(body.code).toBe('INVALID_TOKEN');
  await signIn(PASSWORD).expect(200);
});

it('what the database stores of a link sets no password', async () => {
  await askForReset();
  const { rows } = await server.sql.query<{ identifier: string }>(
    `SELECT identifier FROM verification WHERE identifier LIKE 'reset-password:%'
      ORDER BY created_at DESC LIMIT 1`,
  );
  const stored = rows[0]!.identifier.replace('reset-password:', '');
  const { body } = await reset(stored, 'password of a reader').expect(400);
  expect(body.code).toBe('INVALID_TOKEN');
  await signIn(PASSWORD).expect(200);
});
