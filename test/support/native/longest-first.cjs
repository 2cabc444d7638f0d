const { existsSync } = require('node:fs');
const { join } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * Files that take long because they wait or start processes, not because they are large. In turns
 * one that uses the processors and one that waits.
 */
const LONG = [
  'test/launcher/start.spec.ts',
  'test/users/account-changes.spec.ts',
  'test/operations/faults.spec.ts',
  'test/limits/request-limits.spec.ts',
  'test/fuzz/auth-server.spec.ts',
  'test/live-access/faults.spec.ts',
  'test/fuzz/api.spec.ts',
  'test/limits/sign-in-limits.spec.ts',
  'test/live-access/taking-access-away.spec.ts',
  'test/federation/social.spec.ts',
  'test/operations/stop.spec.ts',
  'test/limits/equal-times.spec.ts',
  'test/live-access/announcements.spec.ts',
  'src/auth/live-access/access-protocol.spec.ts',
  'test/signing-keys/rotation.spec.ts',
  'test/second-factor/codes.spec.ts',
  'test/contract/documents.spec.ts',
  'test/limits/mail-budgets.spec.ts',
  'test/token/flood.spec.ts',
  'test/admin/users.spec.ts',
].map((file) => join(__dirname, '../../..', file));

const missing = LONG.filter((file) => !existsSync(file));
if (missing.length > 0) throw new Error(`longest-first.cjs names ${missing.join(', ')}`);

/**
 * Starts the longest files first, so that no worker runs one alone at the end. Without times of an
 * earlier run, as in CI, jest begins with the largest files.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const rankOf = ({ path }) => (LONG.includes(path) ? LONG.indexOf(path) : LONG.length);
    return super.sort(tests).sort((one, other) => rankOf(one) - rankOf(other));
  }
};
