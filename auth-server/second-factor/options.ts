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
