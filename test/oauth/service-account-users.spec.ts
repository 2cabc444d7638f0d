import { Browser } from './browser';
import { OAuthStage } from './stage';
import type { User } from '../../src/users/user.schemas';
import { Caller } from '../support/caller';
import { expectProblem } from '../support/problems';
import { PASSWORD } from '../support/system';

const USERS = '/api/v1/admin/users';

let stage: OAuthStage;
let serviceAccount: Caller;
let clientId: string;

beforeAll(async () => {
  stage = await OAuthStage.start();
  const client = await stage.register({ type: 'machine', scopes: ['users:write'] });
  ({ clientId } = client);
  serviceAccount = new Caller(
    stage.system.apiUrl,
    (await stage.serviceAccountToken(client)).body.access_token,
  );
});

afterAll(() => stage.system.stop());

describe('a user created by a service account', () => {
  it('can sign in, and is recorded with the service account as actor', async () => {
    const given = { email: 'Made@example.com', password: PASSWORD, name: 'Made', role: 'user' };
    const { status, body, headers } = await serviceAccount.post<User>(USERS, given);
    const email = 'made@example.com';
    expect([status, headers.get('location')]).toEqual([
      201,
      `${stage.system.apiUrl}${USERS}/${body.id}`,
    ]);
    expect(body).toMatchObject({ email, emailVerified: false, name: 'Made', role: 'user' });
    expect((await stage.system.signIn({ email, password: PASSWORD })).id).toBe(body.id);
    const events = await stage.clients.get<{ items: object[] }>(
      `/api/v1/admin/audit-events?subject=${body.id}&action=user.created`,
    );
    expect(events.body.items).toMatchObject([
      { actor: { type: 'client', id: clientId }, after: { email, name: 'Made', role: 'user' } },
    ]);
  });

  it('cannot sign in without a password, and has only the default role', async () => {
    const { body } = await serviceAccount.post<User>(USERS, {
      email: 'bare@example.com',
      name: 'Bare',
    });
    expect(body.role).toBe('user');
    expect(
      await stage.system.query('SELECT FROM account WHERE user_id = $1', [body.id]),
    ).toHaveLength(0);
  });

  it('has a unique e-mail address, and a password that follows the rules', async () => {
    const { email } = await stage.system.asUser();
    expectProblem(await serviceAccount.post(USERS, { email, name: 'Twin' }), 'email_taken');
    const guessed = { email: 'weak@example.com', password: 'password1234', name: 'Weak' };
    const refusal = expectProblem(await serviceAccount.post(USERS, guessed), 'validation_failed');
    expect(refusal.errors).toMatchObject([{ pointer: '/password' }]);
  });

  it.each(['a service account', 'an administrator'])(
    'is created once by twenty parallel requests of %s',
    async (who) => {
      const caller = who === 'a service account' ? serviceAccount : stage.admin.caller;
      const body = {
        email: `${who.replaceAll(' ', '-')}@example.com`,
        password: PASSWORD,
        name: 'Race',
      };
      const answers = await Promise.all(Array.from({ length: 20 }, () => caller.post(USERS, body)));
      const refused = answers.filter(({ status }) => status !== 201);
      expect(refused).toHaveLength(19);
      for (const answer of refused) expectProblem(answer, 'email_taken');
    },
  );
});

describe('a client whose access ends during its request', () => {
  const ofClient = `WHERE client_id = $1`;
  const ended = { status: 401, body: { code: 'invalid_token' } };
  const narrowed = { status: 403, body: { code: 'insufficient_scope' } };

  it.each([
    ['a service account is disabled', `UPDATE oauth_client SET disabled = true ${ofClient}`, ended],
    ['a service account is deleted', `DELETE FROM oauth_client ${ofClient}`, ended],
    [
      'a service account loses the scope',
      `UPDATE oauth_client SET client_credentials_scopes = '[]' ${ofClient}`,
      narrowed,
    ],
  ])('creates no user: %s', async (_title, sql, expected) => {
    const client = await stage.register({ type: 'machine', scopes: ['users:write'] });
    const { access_token: token } = (await stage.serviceAccountToken(client)).body;
    expect(await createDuring(sql.replace('$1', `'${client.clientId}'`), token)).toMatchObject(
      expected,
    );
  });

  it.each([
    [
      'the client of an administrator loses the scope',
      `UPDATE oauth_client SET scopes = '["openid"]' ${ofClient}`,
      narrowed,
    ],
    [
      'the administrator loses the role',
      `UPDATE "user" SET role = 'user' WHERE id = $2`,
      { status: 403, body: { code: 'forbidden' } },
    ],
  ])('creates no user: %s', async (_title, sql, expected) => {
    const scopes = ['openid', 'users:write'] as const;
    const client = await stage.register({ type: 'public', scopes: [...scopes] });
    const admin = await stage.system.asNewAdmin();
    const browser = await Browser.signedIn(stage.system, admin.email);
    const { access_token: token } = await stage.tokens(client, browser, {
      scope: scopes.join(' '),
    });
    const change = sql.replace('$1', `'${client.clientId}'`).replace('$2', `'${admin.id}'`);
    expect(await createDuring(change, token)).toMatchObject(expected);
  });

  /** The change is committed while the request waits for a lock. */
  async function createDuring(change: string, token: string) {
    const email = 'late@example.com';
    const caller = new Caller(stage.system.apiUrl, token);
    const lock = 'LOCK TABLE account IN SHARE MODE';
    const answer = await stage.system.duringChange({ lock, change }, () =>
      caller.post(USERS, { email, name: 'Late', password: PASSWORD }),
    );
    expect(await stage.system.query('SELECT FROM "user" WHERE email = $1', [email])).toEqual([]);
    return answer;
  }
});

describe('the internal endpoint', () => {
  const body = { email: 'nobody@example.com', name: 'Nobody' };

  it.each(['a stranger', 'an administrator'])('is closed to %s', async (who) => {
    const { admin, system } = stage;
    const token = who === 'a stranger' ? undefined : admin.refreshToken;
    for (const base of [system.apiUrl, system.settings.authUrl]) {
      const headers = { origin: system.settings.authUrl, 'x-gatehouse-acting-client': clientId };
      const answer = await new Caller(base, token).post('/api/auth/gatehouse/users', body, headers);
      expect(answer.status).toBe(403);
    }
  });
});
