import { toApiSettings } from './api-settings';
import { loadSettings } from '../../runtime/settings/load';

const SECRETS = {
  BETTER_AUTH_SECRET: 'a secret of the auth server: 0123456789',
  ADMIN_EMAIL: 'root@example.com',
  ADMIN_PASSWORD: 'the password of the administrator',
  SMTP_URL: 'smtp://user:mail-password@mail.example.com',
  GOOGLE_CLIENT_ID: 'google-id',
  GOOGLE_CLIENT_SECRET: 'google-secret',
  GITHUB_CLIENT_ID: 'github-id',
  GITHUB_CLIENT_SECRET: 'github-secret',
  OIDC_ISSUER: 'https://issuer.example.com',
  OIDC_CLIENT_ID: 'oidc-id',
  OIDC_CLIENT_SECRET: 'oidc-secret',
};

it('the API gets no credential of the auth server, the mail server or a provider', () => {
  const env = { DATABASE_URL: 'postgres://localhost/gatehouse', ...SECRETS };
  const text = JSON.stringify(toApiSettings(loadSettings(env, 'auth')));
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
  expect(text).toContain('postgres://localhost/gatehouse');
});
