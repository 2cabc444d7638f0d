/**
 * The rule of the last administrator: no change may leave the installation without an
 * administrator who is not banned.
 *
 * The database enforces it, for every writer: triggers in
 * `migrations/1795430003000-KeepAnAdministrator.ts` refuse the commit with this SQLSTATE. No
 * code decides it a second time. Both processes translate the refusal to a 409: the API to
 * `last_admin` (`src/common/problems/problem-details.ts`), the auth server to `LAST_ADMIN`
 * (`auth-server/common/errors.ts`).
 */
export const LAST_ADMINISTRATOR = 'GH003';
