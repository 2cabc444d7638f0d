import { Caller } from '../support/caller';
import { PASSWORD, type SignedInUser, type System } from '../support/system';
import { AuthenticatorApp } from './authenticator-app';

/** Someone's second factor, and the session that switching it on has left. */
export interface Enrolment {
  app: AuthenticatorApp;
  recoveryCodes: string[];
  refreshToken: string;
}

/**
 * Switches a user's second factor on through Better-Auth's own routes: the REST API signs
 * in and leaves the settings to them. The code of this moment is used up.
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
