import { createAuthClient } from 'better-auth/client';
import { PASSWORD, System } from '../support/system';

let system: System;
beforeAll(async () => (system = await System.start()));
afterAll(() => system.stop());

/** Better-Auth's client on Node.js: no origin, no cookies, a token. */
function createProgram(baseURL: string) {
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
    const program = createProgram(url());
    const email = `program-${new URL(url()).port}@example.com`;
    const newPassword = `${PASSWORD}, changed`;
    const answers = [
      await program.signUp.email({ email, password: PASSWORD, name: 'Program' }),
      await program.listSessions(),
      await program.updateUser({ name: 'Another name' }),
      await program.changePassword({
        currentPassword: PASSWORD,
        newPassword,
        revokeOtherSessions: true,
      }),
      await program.requestPasswordReset({ email }),
      await program.signOut(),
      await program.signIn.email({ email, password: newPassword }),
    ];
    expect(answers.map(({ error }) => error)).toEqual(answers.map(() => null));
    expect((await program.getSession()).data?.user).toMatchObject({ email, name: 'Another name' });
  },
);
