import { z } from 'zod';

/** Longest e-mail address (RFC 5321, section 4.5.3.1.3). The API has the same rule. */
export const LONGEST_EMAIL_ADDRESS = 254;

const emailAddress = z.email().max(LONGEST_EMAIL_ADDRESS);

/** True for an e-mail address as users and providers may have it: ASCII without control characters. */
export function isEmailAddress(value: unknown): boolean {
  return emailAddress.safeParse(value).success;
}
