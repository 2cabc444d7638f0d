import { continuedSession } from './continued-session';
import { requestContext } from '../common/request-context';
import { TABLES } from '../../contract';
import type { EndpointContext } from '../common/hook-types';

/** The column of a session, an array of values of `amr`. */
export const METHODS_FIELD = {
  type: 'string[]',
  required: false,
  input: false,
  fieldName: TABLES.session.columns.authenticationMethods,
} as const;

/** A code of the authenticator app or a recovery code, after the password. */
const SECOND_STEP = ['pwd', 'otp', 'mfa'];

/**
 * The endpoints that begin a session, and what the user has proved there (RFC 8176, section 2). The
 * RFC has no value for the sign-in with a provider: `fed` is ours.
 */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  '/sign-up/email': ['pwd'],
  '/sign-in/email': ['pwd'],
  '/two-factor/verify-totp': SECOND_STEP,
  '/two-factor/verify-backup-code': SECOND_STEP,
  '/callback/:id': ['fed'],
};

const PASSKEY_PATH = '/passkey/verify-authentication';

interface Session {
  authenticationMethods?: string[] | null;
}

/**
 * The methods of a new session. A session that replaces another one keeps its methods: a user who
 * enables the second factor has not signed in with it. An endpoint that is not listed states no
 * method.
 */
export function methodsOf(ctx: EndpointContext): readonly string[] | null {
  const path = ctx?.path ?? '';
  const replaced = continuedSession(ctx);
  if (replaced) return (replaced as Session).authenticationMethods ?? null;
  if (path === PASSKEY_PATH) return methodsOfPasskey();
  return METHODS[path] ?? null;
}

/** The device has verified its user, so a passkey is two factors. */
function methodsOfPasskey(): string[] {
  const isSynchronized = requestContext.getStore()?.isPasskeySynchronized ?? true;
  return [isSynchronized ? 'swk' : 'hwk', 'user', 'mfa'];
}
