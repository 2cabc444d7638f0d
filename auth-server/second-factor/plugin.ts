import { twoFactor } from 'better-auth/plugins';
import { SECOND_FACTOR_TABLES, TABLES } from '../../contract';
import { beginStep, type SecondStepParts } from './second-step';
import { toTableMapping } from '../common/table-mapping';
import { TRUSTED_DEVICE_LIFETIME_S } from './trusted-devices';

/** How long a sign-in waits for its second step, in seconds. */
const CHALLENGE_LIFETIME_S = 300;

const { twoFactor: tableMapping } = toTableMapping(SECOND_FACTOR_TABLES);

/**
 * Better-Auth's second factor: codes of an authenticator app (RFC 6238: SHA-1, six digits,
 * thirty seconds, one step of tolerance either way) and ten recovery codes of 59 bits.
 * Both are stored encrypted with `BETTER_AUTH_SECRET`. A hash of the recovery codes would
 * protect nothing more: with database and secret in hand, codes of the app can be made.
 */
export function secondFactor(parts: SecondStepParts) {
  const plugin = twoFactor({
    issuer: 'Gatehouse',
    twoFactorCookieMaxAge: CHALLENGE_LIFETIME_S,
    trustDeviceMaxAge: TRUSTED_DEVICE_LIFETIME_S,
    backupCodeOptions: { amount: 10, length: 10, storeBackupCodes: 'encrypted' },
    // Attempts are counted in `attempts.ts`, in a way that many at once cannot get around.
    accountLockout: { enabled: false },
    schema: {
      user: { fields: { twoFactorEnabled: TABLES.user.columns.twoFactorEnabled } },
      twoFactor: tableMapping,
    },
  });
  const { verifyTOTP, verifyBackupCode } = plugin.endpoints;
  for (const { options } of [verifyTOTP, verifyBackupCode]) {
    Object.assign(options, { use: [beginStep(parts)] });
  }
  return plugin;
}

/**
 * Paths of the plugin that stay closed: codes by mail, which prove no more than a link in
 * a mail does, and a second look at the secret, which would let a thief of session and
 * password copy it unnoticed.
 */
export const CLOSED_PATHS = [
  '/two-factor/send-otp',
  '/two-factor/verify-otp',
  '/two-factor/get-totp-uri',
];
