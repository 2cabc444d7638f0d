import { Caller } from '../support/caller';
import { PASSWORD, type SignedInUser, type System } from '../support/system';
import { AuthenticatorApp } from './authenticator-app';

/** A user's second factor, and the session after enabling it. */
export interface Enrolment {
  app: AuthenticatorApp;
  recoveryCodes: string[];
  refreshToken: string;
}

/**
 * Enables a user's second factor through Better-Auth's routes; the REST API has none for it. The
 * current code is used.
 */
export async function enrolUser(system: System, user: SignedInUser): Promise<Enrolment> {
  const session = new Caller(`${system.apiUrl}/api/auth/two-factor`, user.refreshToken);
  const password = { password: PASSWORD };
  const { body } = await session.post<{ totpURI: string; backupCodes: string[] }>(
    '/enable',
    password,
  );
  const app = new AuthenticatorApp(body.totpURI);
  const verified = await session.post('/verify-totp', { code: app.code() });
  const refreshToken = verified.headers.get('set-auth-token');
  if (refreshToken === null) throw new Error(JSON.stringify(verified.body));
  return { app, recoveryCodes: body.backupCodes, refreshToken };
}
