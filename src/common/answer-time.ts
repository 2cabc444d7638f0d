import { runBeyondAnswer, timeToWait } from '../../runtime/database/database-scope';
import { endsWithin } from '../../runtime/lifecycle/time-limit';

/** After the begin of the request, in milliseconds: a route answers within 5 seconds. */
const DUE_MS = 4_800;

/** For all waits of a request that was slow before: the database answers in this time, unless it is silent. */
const LEAST_MS = 250;

/**
 * Waits for work that the answer does not contain, until the answer is due. The work goes on then.
 * @returns whether the work has ended.
 */
export async function untilAnswerIsDue(work: () => Promise<unknown>): Promise<boolean> {
  return endsWithin(runBeyondAnswer(work), timeToWait(DUE_MS, LEAST_MS));
}
