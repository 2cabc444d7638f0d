import { ADMISSION_LIMITS } from '../../../auth-server/admission/admission';
import { DATABASE_LIMITS } from '../../../runtime/database/database-limits';

const OF_PRODUCTION = { ...DATABASE_LIMITS };
const WAIT_OF_PRODUCTION = ADMISSION_LIMITS.waitMs;
const LONG = { connect: 30_000, lock: 30_000, statement: 31_000, query: 32_000, access: 33_000 };

/**
 * The limits of the database, and of the wait of a sign-in, for the applications that start in this
 * process. A busy host needs seconds to connect, or a test is busy while it holds a lock: with the
 * limits of production the request fails, which is no fault. A separate process has the limits of
 * production.
 */
export const patience = {
  isLong: true,
  apply: () => {
    Object.assign(DATABASE_LIMITS, patience.isLong ? LONG : OF_PRODUCTION);
    ADMISSION_LIMITS.waitMs = patience.isLong ? LONG.connect : WAIT_OF_PRODUCTION;
  },
};
