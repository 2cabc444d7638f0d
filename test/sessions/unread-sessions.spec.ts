import { createBrowserFetch } from '../support/client/cookie-jar';
import { CALLBACK_URL } from '../support/client/oauth-tokens';
import { PASSWORD, System } from '../support/system';
import type { NewClient } from '../../src/admin/clients/clients.schemas';

let system: System;
/** Of a user who is signed in. */
let browser: typeof fetch;
let authorization: string;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  authorization = await prepareAuthorization();
  const { email } = await system.asUser();
  browser = createBrowserFetch(system.settings.authUrl);
  await post('/sign-in/email', { email, password: PASSWORD });
  await interruptReads();
});

afterAll(() => system.stop());

/** The request of an OAuth client that needs no consent. */
async function prepareAuthorization(): Promise<string> {
  const { caller } = await system.asAdmin();
  const { body } = await caller.post<NewClient>('/api/v1/admin/clients', {
    type: 'public',
    name: 'A client',
    redirectUris: [CALLBACK_URL],
    firstParty: true,
  });
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: body.clientId,
    redirect_uri: CALLBACK_URL,
    scope: 'openid',
    state: 'state',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
  });
  return `/oauth2/authorize?${parameters.toString()}`;
}

/** PostgreSQL ends a query for sessions as at its shutdown, once after each `restart`. */
async function interruptReads(): Promise<void> {
  await system.query('CREATE SEQUENCE reads START 2');
  await system.query('GRANT USAGE ON SEQUENCE reads TO PUBLIC');
  await system.query(`
    CREATE FUNCTION read_sessions() RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      IF current_query() ILIKE 'select%' AND nextval('reads') = 1 THEN
        RAISE 'terminating connection due to administrator command' USING ERRCODE = '57P01';
      END IF;
      RETURN true;
    END $$`);
  await system.query(
    'CREATE POLICY all_sessions ON session USING (read_sessions()) WITH CHECK (true)',
  );
  await system.query('ALTER TABLE session ENABLE ROW LEVEL SECURITY');
}

const restart = () => system.query(`SELECT setval('reads', 1, false)`);

function get(path: string, accept = 'text/html'): Promise<Response> {
  const url = system.settings.authUrl + path;
  return browser(url, { headers: { accept }, redirect: 'manual' });
}

function post(path: string, body: object): Promise<Response> {
  return browser(`${system.settings.authUrl}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'manual',
  });
}

const CALLS: Record<string, () => Promise<Response>> = {
  'an authorization request': () => get(`/api/auth${authorization}`),
  'an authorization request without a page': () => get(`/api/auth${authorization}&prompt=none`),
  'an authorization request of a script': () => get(`/api/auth${authorization}`, '*/*'),
  'the session': () => get('/api/auth/get-session'),
  'a list of the own data': () => get('/api/auth/list-sessions'),
  'the token of the session': () => get('/api/auth/token'),
  'the options of a new passkey': () => get('/api/auth/passkey/generate-register-options'),
  'a change of the own data': () => post('/update-user', { name: 'Another' }),
  'the own consents': () => get('/api/auth/oauth2/get-consents'),
};

it.each(Object.keys(CALLS))(
  'a session that the database does not read is not taken for a missing one: %s',
  async (name) => {
    await restart();
    const interrupted = await CALLS[name]!();
    expect(interrupted.status).toBe(503);
    expect(interrupted.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(interrupted.headers.getSetCookie()).toEqual([]);
    expect((await CALLS[name]!()).status).toBeLessThan(500);
  },
);
