import { startInProcess } from '../support/auth-server/in-process';
import type { SignedIn } from '../support/auth-server/harness';

/** Each needs a session, and extends one that is due. */
const REQUESTS = [
  ['GET /get-session', () => server.get('/api/auth/get-session', session())],
  ['GET /token', () => server.get('/api/auth/token', session())],
  ['GET /list-sessions', () => server.get('/api/auth/list-sessions', session())],
  ['POST /update-user', () => server.post('/api/auth/update-user', { name: 'Eve' }, session())],
  [
    'POST /revoke-other-sessions',
    () => server.post('/api/auth/revoke-other-sessions', {}, session()),
  ],
] as const;

let server: Awaited<ReturnType<typeof startInProcess>>;
let admin: SignedIn;
let token: string;
let count = 0;

beforeAll(async () => {
  server = await startInProcess();
  admin = await server.signInAdmin();
});

afterAll(() => server.stop());

const session = () => ({ authorization: `Bearer ${token}` });

const knownAddresses = async () =>
  (await server.sql.query(`SELECT FROM rate_limit WHERE key LIKE 'known-address:%'`)).rowCount;

async function beginSession(): Promise<SignedIn> {
  const user = await server.signUp(`eve${(count += 1)}@example.com`);
  token = user.sessionToken;
  return user;
}

async function beginImpersonation(): Promise<void> {
  const { userId } = await beginSession();
  const { body } = await server
    .post('/api/auth/admin/impersonate-user', { userId }, admin.bearer)
    .expect(200);
  token = body.session.token;
}

describe.each([
  ['a session', beginSession],
  ['an impersonation', beginImpersonation],
])('the extension of %s', (_what, begin) => {
  it.each(REQUESTS)('makes no browser and no IP address known, at %s', async (_name, send) => {
    await begin();
    await server.sql.query(`DELETE FROM rate_limit WHERE key LIKE 'known-address:%'`);
    const due = await server.sql.query(
      `UPDATE session SET expires_at = expires_at - interval '25 hours'
        WHERE token = $1 AND impersonated_by IS NULL`,
      [token],
    );
    const { headers } = await send().expect(200);
    expect(String(headers['set-cookie'])).not.toContain('known_device');
    expect(await knownAddresses()).toBe(0);
    if (due.rowCount) expect(await isExtended()).toBe(true);
  });
});

async function isExtended(): Promise<boolean> {
  const { rows } = await server.sql.query<{ done: boolean }>(
    `SELECT expires_at > now() + interval '6 days 23 hours' AS done FROM session WHERE token = $1`,
    [token],
  );
  return rows[0]!.done;
}
