import type request from 'supertest';
import { PASSWORD, type RunningAuthServer, type SignedIn } from '../support/auth-server/harness';
import { AuthenticatorApp } from './authenticator-app';

export const ORIGIN = 'http://localhost:3000';

export interface Enrolled {
  user: SignedIn;
  email: string;
  app: AuthenticatorApp;
  recoveryCodes: string[];
  /** Of the session after enabling the factor. */
  bearer: { authorization: string };
}

/** A new user with a second factor; the current code is used. */
export async function enrol(server: RunningAuthServer, email: string): Promise<Enrolled> {
  const user = await server.signUp(email);
  const enabled = await server
    .post('/api/auth/two-factor/enable', { password: PASSWORD }, user.bearer)
    .expect(200);
  const app = new AuthenticatorApp(enabled.body.totpURI);
  const verified = await server
    .post('/api/auth/two-factor/verify-totp', { code: app.code() }, user.bearer)
    .expect(200);
  const bearer = { authorization: `Bearer ${verified.headers['set-auth-token']}` };
  return { user, email, app, recoveryCodes: enabled.body.backupCodes, bearer };
}

/** The cookies of the first step, as a browser sends them. */
export async function takeFirstStep(
  server: RunningAuthServer,
  email: string,
  cookies = '',
): Promise<string> {
  const answer = await server
    .post('/api/auth/sign-in/email', { email, password: PASSWORD }, withCookies(cookies))
    .expect(200);
  expect(answer.body).toEqual({ twoFactorRedirect: true, twoFactorMethods: ['totp'] });
  return cookiesOf(answer);
}

/** The second step, with a code of six digits or with a recovery code. */
export function takeSecondStep(
  server: RunningAuthServer,
  { cookies, code, ...rest }: { cookies: string; code: string; trustDevice?: boolean },
): request.Test {
  const kind = /^\d{6}$/.test(code) ? 'totp' : 'backup-code';
  return server.post(
    `/api/auth/two-factor/verify-${kind}`,
    { code, ...rest },
    withCookies(cookies),
  );
}

/** A sign-in with the password on a trusted device. */
export function signInOn(
  server: RunningAuthServer,
  { email, cookies }: { email: string; cookies: string },
): request.Test {
  const body = { email, password: PASSWORD };
  return server.post('/api/auth/sign-in/email', body, withCookies(cookies)).expect(200);
}

export function withCookies(cookie: string): Record<string, string> {
  return cookie ? { cookie, origin: ORIGIN } : {};
}

/** The cookies that a browser keeps from a response. */
export function cookiesOf({ headers }: request.Response): string {
  const lines = (headers['set-cookie'] ?? []) as unknown as string[];
  return lines
    .filter((line) => !/max-age=0/i.test(line))
    .map((line) => line.split(';')[0]!)
    .join('; ');
}
