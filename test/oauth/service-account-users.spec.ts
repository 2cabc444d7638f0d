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
