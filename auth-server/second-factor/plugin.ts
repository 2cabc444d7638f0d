import { twoFactor } from 'better-auth/plugins';
import { type CipherKey, toStoredText } from '../common/secrets';
import { SECOND_FACTOR_MAPPING } from './schema';
import { beginStep, type SecondStepParts } from './second-step';
import { TRUSTED_DEVICE_LIFETIME_S } from './trusted-devices';

export { checkNewFactors } from './new-factors';
export { checkNewRecoveryCodes } from './new-recovery-codes';
export { secondStep } from './second-step';

/** How long a sign-in waits for its second step, in seconds. */
const CHALLENGE_LIFETIME_S = 300;

/**
 * Better-Auth's second factor: codes of an authenticator app (RFC 6238: SHA-1, six digits, 30
 * seconds, a tolerance of one step before and after) and ten recovery codes of 59 bits. Both are
 * stored encrypted with `BETTER_AUTH_SECRET`. A hash of the recovery codes would add no
 * protection: an attacker with the database and the secret can compute codes of the app.
 */
export function secondFactor({ key, ...parts }: SecondStepParts & { key: CipherKey }) {
  const plugin = twoFactor({
    issuer: 'Gatehouse',
    twoFactorCookieMaxAge: CHALLENGE_LIFETIME_S,
    trustDeviceMaxAge: TRUSTED_DEVICE_LIFETIME_S,
    backupCodeOptions: { amount: 10, length: 10, storeBackupCodes: 'encrypted' },
    // `attempts.ts` counts attempts, in a way that parallel requests do not exceed.
    accountLockout: { enabled: false },
    schema: SECOND_FACTOR_MAPPING,
  });
  const { secret, backupCodes } = plugin.schema.twoFactor.fields;
  const transform = { input: (encrypted: unknown) => toStored(encrypted, key) };
  for (const field of [secret, backupCodes]) Object.assign(field, { transform });
  const { verifyTOTP, verifyBackupCode } = plugin.endpoints;
  for (const { options } of [verifyTOTP, verifyBackupCode]) {
    Object.assign(options, { use: [beginStep(parts)] });
  }
  return plugin;
}

function toStored(encrypted: unknown, key: CipherKey): unknown {
  return typeof encrypted === 'string' ? toStoredText(encrypted, key) : encrypted;
}
