/**
 * Disabled paths of the plugin. Codes by mail prove no more than a link in a mail. A second
 * display of the secret would let an attacker with a session and the password copy it unnoticed.
 */
export const CLOSED_PATHS = [
  '/two-factor/send-otp',
  '/two-factor/verify-otp',
  '/two-factor/get-totp-uri',
];
