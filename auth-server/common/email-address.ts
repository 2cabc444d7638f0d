import { z } from 'zod';
import { LONGEST } from '../../contract';

const emailAddress = z.email().max(LONGEST.emailAddress);

/** True for an e-mail address as users and providers may have it: ASCII without control characters. */
export function isEmailAddress(value: unknown): boolean {
  return emailAddress.safeParse(value).success;
}
