import { createAuthClient } from 'better-auth/client';
import { PASSWORD, System } from '../support/system';

let system: System;
beforeAll(async () => (system = await System.start()));
afterAll(() => system.stop());

/** Better-Auth's client on Node.js: no origin, no cookies, a token. */
function createClient(baseURL: string) {
  let token = '';
  const keepToken = ({ response }: { response: Response }) => {
    token = response.headers.get('set-auth-token') ?? token;
  };
  const auth = { type: 'Bearer', token: () => token } as const;
  return createAuthClient({ baseURL, fetchOptions: { auth, onResponse: keepToken } });
}

it.each<[string, () => string]>([
  ['the auth server', () => system.settings.authUrl],
  ['the API', () => system.apiUrl],
])(
  "a client signs up, changes its account and signs out at %s with Node's fetch",
  async (_what, url) => {
    const client = createClient(url());
    const email = `client-${new URL(url()).port}@example.com`;
    const newPassword = `${PASSWORD}, changed`;
    const answers = [
      await client.signUp.email({ email, password: PASSWORD, name: 'Client' }),
      await client.listSessions(),
      await client.updateUser({ name: 'Another name' }),
      await client.changePassword({
        currentPassword: PASSWORD,
        newPassword,
        revokeOtherSessions: true,
      }),
      await client.requestPasswordReset({ email }),
      await client.signOut(),
      await client.signIn.email({ email, password: newPassword }),
    ];
    expect(answers.map(({ error }) => error)).toEqual(answers.map(() => null));
    expect((await client.getSession()).data?.user).toMatchObject({ email, name: 'Another name' });
  },
);
