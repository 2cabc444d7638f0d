import { decodeJwt } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { SignedIn } from '../support/auth-server/harness';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';
import { passSteps } from '../second-factor/authenticator-app';
import { eventually } from '../support/eventually';
import { startClock, stopClock } from '../support/clock';
import { changeDuring, HOLD_UP, HOLD_UP_SESSIONS } from '../support/servers/held-up-session';
import { cookiesOf, enrol, ORIGIN } from '../second-factor/second-step';
import { type Deviation, SoftwareAuthenticator } from './software-authenticator';

let server: InProcessAuthServer;
let ada: SignedIn;
let device: SoftwareAuthenticator;
let count = 0;

beforeAll(async () => {
  stopClock();
  server = await startInProcess();
});

beforeEach(async () => {
  count += 1;
  ada = await server.signUp(`ada-${count}@example.com`);
  device = new SoftwareAuthenticator(ORIGIN);
});

afterAll(async () => {
  startClock();
  await server.stop();
});

interface Ceremony {
  options: never;
  cookies: string;
}

async function begin(kind: 'register' | 'authenticate', cookie = ''): Promise<Ceremony> {
  const path = `/api/auth/passkey/generate-${kind}-options`;
  const answer = await server.get(path, { cookie, origin: ORIGIN }).expect(200);
  return { options: answer.body as never, cookies: [cookie, cookiesOf(answer)].join('; ') };
}

interface Adding extends Deviation {
  own?: SoftwareAuthenticator;
}

async function add(owner: SignedIn, { own = device, ...deviation }: Adding = {}) {
  const { options, cookies } = await begin('register', owner.cookie);
  const response = own.create(options, deviation);
  return finish('registration', { response, name: 'My key' }, cookies);
}

/** @returns the id of the passkey. */
async function addWell(owner: SignedIn): Promise<string> {
  const { status, body } = await add(owner);
  expect(status).toBe(200);
  return body.id;
}

async function signIn(deviation: Deviation = {}) {
  const { options, cookies } = await begin('authenticate');
  return finish('authentication', { response: device.get(options, deviation) }, cookies);
}

const finish = (kind: string, body: object, cookie: string) =>
  server.post(`/api/auth/passkey/verify-${kind}`, body, { cookie, origin: ORIGIN });

const passkeysOf = async ({ userId }: SignedIn) =>
  (await server.sql.query('SELECT * FROM passkey WHERE user_id = $1', [userId])).rows;

const sessionCount = async () =>
  (await server.sql.query('SELECT count(*)::int AS n FROM session')).rows[0].n as number;

describe('a passkey', () => {
  it('is added with a session, signs in, and is removed', async () => {
    const id = await addWell(ada);
    const [row] = await passkeysOf(ada);
    expect(row).toMatchObject({ name: 'My key', credential_id: device.credentialId });
    const signedIn = await signIn();
    expect(signedIn).toMatchObject({ status: 200, body: { user: { id: ada.userId } } });
    const bearer = { authorization: `Bearer ${signedIn.headers['set-auth-token']}` };
    await server.get('/api/auth/token', bearer).expect(200);
    const list = await server.get('/api/auth/passkey/list-user-passkeys', bearer);
    expect(list.body).toHaveLength(1);
    await server.post('/api/auth/passkey/delete-passkey', { id }, bearer).expect(200);
    expect((await signIn()).body.code).toBe('PASSKEY_NOT_FOUND');
  });

  it('ends the session that its sign-in replaces in the same browser', async () => {
    await addWell(ada);
    const former = await server.signUp(`former-${count}@example.com`);
    const { options, cookies } = await begin('authenticate', former.cookie);
    const answer = await finish('authentication', { response: device.get(options) }, cookies);
    expect(answer).toMatchObject({ status: 200, body: { user: { id: ada.userId } } });
    expect((await server.get('/api/auth/get-session', former.bearer)).body).toBeNull();
  });

  it('counts as two factors: no code is required', async () => {
    const { user, bearer } = await enrol(server, `eve-${count}@example.com`);
    const session = await server.get('/api/auth/get-session', bearer);
    expect(session.body.user.twoFactorEnabled).toBe(true);
    const again = { ...user, cookie: cookieOf(bearer) };
    await addWell(again);
    expect((await signIn()).body.user.id).toBe(user.userId);
  });

  it.each([
    ['is bound to its device', false, 'hwk'],
    ['can be copied to other devices', true, 'swk'],
  ])('that %s: the access token says so', async (_kind, isSynchronized, method) => {
    await addWell(ada);
    const { headers } = await signIn({ isSynchronized });
    const bearer = { authorization: `Bearer ${headers['set-auth-token']}` };
    const { body } = await server.get('/api/auth/token', bearer).expect(200);
    expect(decodeJwt(body.token).amr).toEqual([method, 'user', 'mfa']);
  });

  it('requires user verification', async () => {
    const registration = await begin('register', ada.cookie);
    expect(registration.options).toMatchObject({
      rp: { id: 'localhost', name: 'Gatehouse' },
      authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
    });
    expect((await begin('authenticate')).options).toMatchObject({
      rpId: 'localhost',
      userVerification: 'required',
    });
  });
});

it.each([
  [`UPDATE account SET password = 'new' WHERE user_id = $1`, false],
  [`UPDATE account SET password = 'new' WHERE user_id = $1`, true],
  ['DELETE FROM "user" WHERE id = $1', false],
])(
  'a passkey is not added during: %s (with a new session: %s)',
  async (statement, createSession) => {
    const { options, cookies } = await begin('register', ada.cookie);
    const body = { response: device.create(options), name: 'My key', createSession };
    const writer = await server.sql.connect();
    await writer.query('BEGIN');
    await writer.query(statement, [ada.userId]);
    const adding = finish('registration', body, cookies).then((answer) => answer);
    await eventually(async () => {
      const waiting =
        'SELECT FROM pg_stat_activity WHERE wait_event_type = $1 AND datname = current_database()';
      const { rowCount } = await server.sql.query(waiting, ['Lock']);
      expect(rowCount).toBe(1);
    });
    await writer.query('COMMIT');
    writer.release();
    const { status, body: answer } = await adding;
    expect([status, answer.code]).toEqual([401, 'CREDENTIALS_CHANGED']);
    expect(await passkeysOf(ada)).toEqual([]);
  },
);

/** The cookie of a session with this bearer token. */
function cookieOf(bearer: { authorization: string }): string {
  const value = bearer.authorization.slice('Bearer '.length);
  return `better-auth.session_token=${encodeURIComponent(value)}`;
}

describe('a sign-in with a passkey is refused', () => {
  beforeEach(async () => {
    await addWell(ada);
  });

  it.each<[string, Deviation]>([
    ['from a page of another origin', { origin: 'http://localhost.evil.example' }],
    ['from another port of the same host', { origin: 'http://localhost:3999' }],
    ['for another host', { rpId: 'evil.example' }],
    ['over another challenge', { challenge: Buffer.from('made up').toString('base64url') }],
    ['as an answer to a registration', { type: 'webauthn.create' }],
    ['by another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
    ['when the device does not know who holds it', { isVerified: false }],
    ['with an unknown credential', { credentialId: 'bm9ib2R5' }],
  ])('%s', async (_case, deviation) => {
    const before = await sessionCount();
    const answer = await signIn(deviation);
    expect([400, 401]).toContain(answer.status);
    expect(answer.headers['set-auth-token']).toBeUndefined();
    expect(await sessionCount()).toBe(before);
    expect((await signIn()).status).toBe(200);
  });

  it('when it is repeated', async () => {
    const { options, cookies } = await begin('authenticate');
    const body = { response: device.get(options) };
    await finish('authentication', body, cookies).expect(200);
    const again = await finish('authentication', body, cookies);
    expect(again).toMatchObject({ status: 400, body: { code: 'CHALLENGE_NOT_FOUND' } });
    const other = await begin('authenticate');
    await finish('authentication', body, other.cookies).expect(400);
  });

  it('nineteen times of twenty at the same time', async () => {
    const { options, cookies } = await begin('authenticate');
    const body = { response: device.get(options) };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => finish('authentication', body, cookies)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('after five minutes', async () => {
    const { options, cookies } = await begin('authenticate');
    passSteps(11);
    const answer = await finish('authentication', { response: device.get(options) }, cookies);
    expect(answer).toMatchObject({ status: 400, body: { code: 'CHALLENGE_NOT_FOUND' } });
  });

  it('with the challenge of a registration, and without a challenge', async () => {
    const { options, cookies } = await begin('register', ada.cookie);
    const response = device.get({ ...(options as object), rpId: 'localhost' } as never);
    await finish('authentication', { response }, cookies).expect(400);
    await finish('authentication', { response }, '').expect(400);
  });

  it('when the signature counter is lower than before: a copied device', async () => {
    await signIn({ counter: 7 });
    for (const counter of [7, 6, 0]) {
      expect((await signIn({ counter })).status).toBe(400);
    }
    expect((await signIn({ counter: 8 })).status).toBe(200);
  });

  it('while the user is banned', async () => {
    await server.sql.query('UPDATE "user" SET banned = true WHERE id = $1', [ada.userId]);
    expect(await signIn()).toMatchObject({ status: 403, body: { code: 'BANNED_USER' } });
  });
});

describe('a deadlock with another transaction', () => {
  /** At the first attempt; a sequence keeps its value when a transaction is rolled back. */
  beforeAll(() =>
    server.sql.query(`
      CREATE SEQUENCE conflicts;
      CREATE FUNCTION conflict_once() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('conflicts') = 1 THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER a_conflict BEFORE INSERT ON passkey
        FOR EACH ROW EXECUTE FUNCTION conflict_once()`),
  );

  afterAll(() =>
    server.sql.query('DROP FUNCTION conflict_once() CASCADE; DROP SEQUENCE conflicts'),
  );

  it('does not refuse a new passkey: the insert is repeated', async () => {
    await addWell(ada);
    expect(await passkeysOf(ada)).toHaveLength(1);
  });
});

describe('a sign-in with a passkey, during which', () => {
  let holder: PoolClient;

  beforeAll(async () => {
    holder = await server.sql.connect();
    for (const statement of [HOLD_UP, HOLD_UP_SESSIONS]) await holder.query(statement);
  });

  afterAll(async () => {
    await holder.query('DROP FUNCTION hold_up() CASCADE');
    holder.release();
  });

  it.each([
    ['the passkey is removed', 'DELETE FROM passkey WHERE user_id = $1', 401, 1],
    ['a statement bans the user', 'UPDATE "user" SET banned = true WHERE id = $1', 403, 0],
    ['the password is replaced', `UPDATE account SET password = 'x' WHERE user_id = $1`, 401, 0],
  ])('%s, is refused', async (_title, statement, status, left) => {
    await addWell(ada);
    const answer = await changeDuring({
      holder,
      request: () => signIn(),
      change: () => server.sql.query(statement, [ada.userId]),
    });
    expect(answer.status).toBe(status);
    const find = 'SELECT FROM session WHERE user_id = $1';
    expect((await server.sql.query(find, [ada.userId])).rowCount).toBe(left);
  });
});

interface Created {
  response: object;
}

function withTransports(made: Created, transports: unknown): Created {
  return { ...made, response: { ...made.response, transports } };
}

describe('adding a passkey is refused', () => {
  it('without a session', async () => {
    const answer = await server.get('/api/auth/passkey/generate-register-options');
    expect(answer.status).toBe(401);
  });

  it('in a session of more than ten minutes', async () => {
    passSteps(21);
    const headers = { cookie: ada.cookie, origin: ORIGIN };
    const answer = await server.get('/api/auth/passkey/generate-register-options', headers);
    expect(answer).toMatchObject({ status: 403, body: { code: 'SESSION_NOT_FRESH' } });
  });

  it('to an administrator during an impersonation', async () => {
    const admin = await server.signInAdmin();
    const body = { userId: ada.userId };
    const acting = await server.post('/api/auth/admin/impersonate-user', body, admin.bearer);
    const bearer = { authorization: `Bearer ${acting.body.session.token}` };
    const answer = await server.get('/api/auth/passkey/generate-register-options', bearer);
    expect(answer).toMatchObject({ status: 403, body: { code: 'IMPERSONATED_SESSION' } });
  });

  const FAULTY = [400, 'FAILED_TO_VERIFY_REGISTRATION'];

  it.each<[string, Deviation, unknown[]]>([
    ['from a page of another origin', { origin: 'http://evil.example' }, FAULTY],
    ['for another host', { rpId: 'evil.example' }, FAULTY],
    ['over another challenge', { challenge: 'bWFkZSB1cA' }, FAULTY],
    ['with a credential id of 1,024 bytes', { credentialId: 'A'.repeat(1_366) }, FAULTY],
    [
      'when the device does not know who holds it',
      { isVerified: false },
      [401, 'USER_VERIFICATION_REQUIRED'],
    ],
  ])('%s', async (_case, deviation, refusal) => {
    const { status, body } = await add(ada, deviation);
    expect([status, body.code]).toEqual(refusal);
    expect(await passkeysOf(ada)).toEqual([]);
  });

  it.each<[string, (response: Created) => unknown]>([
    ['without a credential', () => ({})],
    ['with no object', () => null],
    ['with a text', () => 'usb'],
    ['with transports that are no list', (made) => withTransports(made, 'usb')],
    ['with transports that are no text', (made) => withTransports(made, [{}])],
    ['with a long transport', (made) => withTransports(made, ['x'.repeat(33)])],
    ['with many transports', (made) => withTransports(made, Array(11).fill('usb'))],
  ])('to a response %s', async (_case, change) => {
    const { options, cookies } = await begin('register', ada.cookie);
    const response = change(device.create(options) as Created);
    const { status, body } = await finish('registration', { response, name: 'My key' }, cookies);
    expect([status, body.code]).toEqual(FAULTY);
    expect(await passkeysOf(ada)).toEqual([]);
  });

  it('with an internal error when the passkey cannot be stored', async () => {
    const { options, cookies } = await begin('register', ada.cookie);
    await server.sql.query('ALTER TABLE passkey RENAME TO renamed');
    try {
      const answer = await finish('registration', { response: device.create(options) }, cookies);
      expect(answer.status).toBe(500);
    } finally {
      await server.sql.query('ALTER TABLE renamed RENAME TO passkey');
    }
  });

  it('to another user than the one who requested the options', async () => {
    const eve = await server.signUp(`eve-${count}@example.com`);
    const { options, cookies } = await begin('register', ada.cookie);
    const swapped = cookies.replace(ada.cookie, eve.cookie);
    const answer = await finish('registration', { response: device.create(options) }, swapped);
    expect(answer.status).toBe(401);
    expect(await passkeysOf(eve)).toEqual([]);
  });

  it("with another user's credential, which stays with its owner", async () => {
    await addWell(ada);
    const eve = await server.signUp(`eve-${count}@example.com`);
    const copy = new SoftwareAuthenticator(ORIGIN);
    const answer = await add(eve, { own: copy, credentialId: device.credentialId });
    expect(answer).toMatchObject({ status: 400, body: { code: 'PREVIOUSLY_REGISTERED' } });
    expect((await signIn()).body.user.id).toBe(ada.userId);
  });

  it('twice with the same response', async () => {
    const { options, cookies } = await begin('register', ada.cookie);
    const body = { response: device.create(options) };
    await finish('registration', body, cookies).expect(200);
    await finish('registration', body, cookies).expect(400);
    expect(await passkeysOf(ada)).toHaveLength(1);
  });
});

it.each(['x'.repeat(201), 'A\u202eb', 'a\u0007'])('a passkey is not named %j', async (name) => {
  const id = await addWell(ada);
  await server.post('/api/auth/passkey/update-passkey', { id, name }, ada.bearer).expect(400);
  expect(await passkeysOf(ada)).toMatchObject([{ name: 'My key' }]);
});

describe("another user's passkey", () => {
  it.each(['delete-passkey', 'update-passkey'])('is not accessible for %s', async (endpoint) => {
    const id = await addWell(ada);
    const eve = await server.signUp(`eve-${count}@example.com`);
    const change = { id, name: 'mine now' };
    await server.post(`/api/auth/passkey/${endpoint}`, change, eve.bearer).expect(401);
    expect(await passkeysOf(ada)).toMatchObject([{ name: 'My key' }]);
  });
});

describe('a password reset', () => {
  async function resetPassword(email: string): Promise<void> {
    await server.post('/api/auth/request-password-reset', { email }).expect(200);
    const { body: mailbox } = await server.get('/dev/mailbox');
    const token = /Code: (\S+)/.exec(mailbox.items[0].text)![1];
    const newPassword = 'set by who has the mailbox';
    await server.post('/api/auth/reset-password', { token, newPassword }).expect(200);
  }

  it('removes the passkeys of an account whose e-mail address was never verified', async () => {
    const passkeyId = await addWell(ada);
    await resetPassword(`ada-${count}@example.com`);
    expect((await signIn()).status).toBeGreaterThanOrEqual(400);
    const { rows } = await server.sql.query(
      `SELECT subject_id, before, detail FROM audit_event WHERE action = 'passkey.removed'
        ORDER BY id DESC LIMIT 1`,
    );
    expect(rows).toEqual([
      { subject_id: ada.userId, before: { passkeyId }, detail: { reason: 'email_not_verified' } },
    ]);
  });

  it.each([
    ['a proved address', 'email_verified'],
    ['a second factor', 'two_factor_enabled'],
  ])('keeps the passkeys of an account with %s', async (_what, column) => {
    await addWell(ada);
    await server.sql.query(`UPDATE "user" SET ${column} = true WHERE id = $1`, [ada.userId]);
    await resetPassword(`ada-${count}@example.com`);
    expect((await signIn()).status).toBe(200);
    // The owner of the second factor and the reader of the mail can be two persons.
    const { rows } = await server.sql.query('SELECT email_verified FROM "user" WHERE id = $1', [
      ada.userId,
    ]);
    expect(rows).toEqual([{ email_verified: column === 'email_verified' }]);
  });
});
