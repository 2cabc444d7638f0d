import { startAuthServer } from '../support/auth-server/harness';

const SOCIAL = { GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'secret' };

const PRODUCTION = {
  NODE_ENV: 'production',
  AUTH_URL: 'https://auth.example.com',
  API_URL: 'https://api.example.com',
  REQUIRE_EMAIL_VERIFICATION: 'false',
  ...SOCIAL,
};

async function cookiesOf(env: NodeJS.ProcessEnv): Promise<string[]> {
  const server = await startAuthServer(env);
  try {
    const body = { email: 'ann@example.com', password: 'a password of a user', name: 'Ann' };
    const signUp = await server.post('/api/auth/sign-up/email', body).expect(200);
    const social = await server
      .post('/api/auth/sign-in/social', { provider: 'github' })
      .expect(200);
    return [signUp, social].flatMap(
      ({ headers }) => (headers['set-cookie'] ?? []) as unknown as string[],
    );
  } finally {
    await server.stop();
  }
}

const namesOf = (cookies: string[]) => cookies.map((line) => line.split('=', 1)[0]);

describe('cookies', () => {
  it('in production are Secure, limited to this host, and HttpOnly', async () => {
    const cookies = await cookiesOf(PRODUCTION);
    expect(namesOf(cookies)).toEqual(
      expect.arrayContaining(['__Secure-better-auth.session_token', '__Secure-better-auth.state']),
    );
    for (const line of cookies) {
      expect(line).toMatch(/^__Secure-/);
      expect(line).toMatch(/; HttpOnly(;|$)/);
      expect(line).toMatch(/; Secure(;|$)/);
      expect(line).toMatch(/; SameSite=Lax(;|$)/);
      expect(line).toMatch(/; Path=\/(;|$)/);
      expect(line).not.toMatch(/; Domain=/i);
    }
  });

  it('on loopback without https differ only in Secure', async () => {
    const cookies = await cookiesOf(SOCIAL);
    expect(namesOf(cookies)).toEqual(
      expect.arrayContaining(['better-auth.session_token', 'better-auth.state']),
    );
    for (const line of cookies) {
      expect(line).toMatch(/; HttpOnly; SameSite=Lax$/);
      expect(line).not.toMatch(/; Secure/i);
      expect(line).not.toMatch(/; Domain=/i);
    }
  });
});
