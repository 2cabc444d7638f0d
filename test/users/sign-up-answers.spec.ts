import { eventually } from '../support/eventually';
import type * as argon2idModule from '../../auth-server/password/argon2id';
import { PASSWORD, startAuthServer, type RunningAuthServer } from '../support/auth-server/harness';
import { startInProcess } from '../support/auth-server/in-process-auth-server';
import { loadNatively } from '../support/native/load';

let server: RunningAuthServer;
let count = 0;

beforeAll(async () => {
  server = await startAuthServer({ REQUIRE_EMAIL_VERIFICATION: 'true' });
  await signUp({ email: 'taken@example.com' });
});
afterAll(() => server.stop());

async function signUp(fields: object) {
  const body = { name: 'A Person', password: PASSWORD, ...fields };
  const answer = await server.post('/api/auth/sign-up/email', body);
  return { status: answer.status, body: withoutOwn(answer.body as Answer) };
}

interface Answer {
  user?: Record<string, unknown>;
}

/** Of the values that differ between sign-ups, the form. */
function withoutOwn({ user, ...rest }: Answer): object {
  if (!user) return rest;
  const own = ['id', 'createdAt', 'updatedAt'];
  const fields = Object.entries(user).map(([name, value]) => {
    if (name === 'email') return [name];
    return [name, own.includes(name) ? String(value).replace(/\w/g, 'x') : value];
  });
  return { ...rest, user: fields };
}

it.each<[string, object]>([
  ['nothing else', {}],
  ['a name that is too long', { name: 'x'.repeat(201) }],
  ['a name with a line break', { name: 'Ann\nBcc: all@example.com' }],
  ['a name that is half a character', { name: '\ud800' }],
  ['a name that is no text', { name: 7 }],
  ['a name that is not in NFC', { name: 'Andre\u0301' }],
  ['a picture that runs', { image: 'javascript:alert(1)' }],
  ['a picture that is none', { image: '' }],
  ['a picture that is too long', { image: `https://example.com/${'x'.repeat(2_000)}` }],
  ['a role', { role: 'admin' }],
  ['a ban', { banned: 'yes' }],
  ['a verified e-mail', { emailVerified: true }],
  ['an id', { id: 'mine' }],
])('a sign-up with %s has the same response for a taken e-mail address', async (_what, fields) => {
  const email = `new${(count += 1)}@example.com`;
  const [taken, free] = [
    await signUp({ ...fields, email: 'taken@example.com' }),
    await signUp({ ...fields, email }),
  ];
  expect(taken).toEqual(free);
});

it('a sign-up whose name has more than 200 characters in NFC is refused', async () => {
  const { status } = await signUp({ email: 'long@example.com', name: '\u{1d160}'.repeat(67) });
  expect(status).toBe(400);
});

it('a sign-up has the same response when another one takes the e-mail address meanwhile', async () => {
  const taken = await signUp({ email: 'taken@example.com' });
  expect(await signUpDuring(server, signUp)).toEqual(taken);
});

it('a sign-up computes one hash when another one takes the e-mail address meanwhile', async () => {
  const own = await startInProcess({ REQUIRE_EMAIL_VERIFICATION: 'true' });
  const hash = jest.spyOn(Argon2id.prototype, 'hash');
  try {
    const body = { name: 'A Person', password: PASSWORD };
    await signUpDuring(own, ({ email }) =>
      own.post('/api/auth/sign-up/email', { ...body, email }).expect(200),
    );
    expect(hash).toHaveBeenCalledTimes(1);
    const next = { ...body, email: 'next@example.com' };
    await own.post('/api/auth/sign-up/email', next).expect(200);
    expect(hash).toHaveBeenCalledTimes(2);
  } finally {
    hash.mockRestore();
    await own.stop();
  }
});

const { Argon2id } = loadNatively('auth-server/password/argon2id') as typeof argon2idModule;

/** Signs up while another transaction, which then commits, creates the user. */
async function signUpDuring<T>(
  { sql }: RunningAuthServer,
  send: (fields: { email: string }) => PromiseLike<T>,
): Promise<T> {
  const other = await sql.connect();
  try {
    await other.query(
      `BEGIN; INSERT INTO "user" (id, name, email) VALUES ('b', 'B', 'b@example.com')`,
    );
    const [answer] = await Promise.all([
      send({ email: 'b@example.com' }),
      eventually(async () => expect((await sql.query(WAITING)).rowCount).toBe(1)).then(() =>
        other.query('COMMIT'),
      ),
    ]);
    return answer;
  } finally {
    other.release(true);
  }
}

const WAITING = `SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;
