import { setTimeout as sleep } from 'node:timers/promises';
import { untilAnswerIsDue } from './answer-time';
import { runInDatabaseScope } from '../../runtime/database/database-scope';

afterEach(() => jest.restoreAllMocks());

/** Waits in a request that began so many milliseconds ago. */
function waitAfter(milliseconds: number, work: () => Promise<unknown>): Promise<boolean> {
  return runInDatabaseScope(() => {
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now + milliseconds);
    return untilAnswerIsDue(work);
  });
}

describe('the wait for work that the answer does not contain', () => {
  it('is long enough for the database also in a request that was slow before', async () => {
    expect(await waitAfter(60_000, () => sleep(20))).toBe(true);
  });

  it('ends when the answer is due', async () => {
    const aborted = new AbortController();
    const silent = sleep(60_000, undefined, { signal: aborted.signal });
    expect(await waitAfter(4_700, () => silent)).toBe(false);
    aborted.abort();
    await expect(silent).rejects.toThrow();
  });

  it('is one time for all waits of a request that was slow before', async () => {
    await runInDatabaseScope(async () => {
      const clock = jest.spyOn(performance, 'now');
      const late = performance.now() + 60_000;
      clock.mockReturnValue(late);
      expect(await untilAnswerIsDue(() => sleep(20))).toBe(true);
      clock.mockReturnValue(late + 200);
      expect(await untilAnswerIsDue(() => sleep(10))).toBe(true);
      clock.mockReturnValue(late + 250);
      expect(await untilAnswerIsDue(() => sleep(20))).toBe(false);
    });
  });
});
