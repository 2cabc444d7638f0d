import type { EndpointContext } from '../common/hook-types';

/** With a session, these endpoints replace it. */
const REPLACING_PATHS = [
  '/change-password',
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/verify-totp',
  '/passkey/verify-registration',
];

/** @returns the session of the request that the new one replaces: its user does not sign in. */
export function continuedSession(ctx: EndpointContext): object | undefined {
  const isReplaced = REPLACING_PATHS.includes(ctx?.path ?? '');
  return isReplaced ? ctx?.context.session?.session : undefined;
}
