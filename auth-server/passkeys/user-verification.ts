import { APIError } from 'better-auth/api';

/** The plugin itself accepts user presence without user verification. */
export function assertHolderVerified(isVerified: boolean): void {
  if (isVerified) return;
  throw new APIError('UNAUTHORIZED', {
    code: 'USER_VERIFICATION_REQUIRED',
    message: 'The device must verify who uses it.',
  });
}
