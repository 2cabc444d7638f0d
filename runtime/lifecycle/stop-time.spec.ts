import { StopTime } from './stop-time';
import { createLogger } from '../logger';

const NEVER = new Promise<void>(() => {});

const logger = createLogger('auth', 'silent');
const warn = jest.spyOn(logger, 'warn');

beforeEach(() => warn.mockClear());

function namedSteps(): unknown[] {
  const calls: unknown[][] = warn.mock.calls;
  return calls.map(([details]) => (details as { step: string }).step);
}

describe('the time of a stop', () => {
  it('leaves a step that exceeds its limit, and logs its name', async () => {
    const time = new StopTime(60_000, logger);
    await time.waitFor({ name: 'first', limitMs: 10 }, NEVER);
    await time.waitFor({ name: 'second' }, Promise.resolve());
    expect(namedSteps()).toEqual(['first']);
  });

  it('is one time for all steps, also for a step with a longer limit', async () => {
    const time = new StopTime(20, logger);
    await time.waitFor({ name: 'first' }, NEVER);
    await time.waitFor({ name: 'second', limitMs: 60_000 }, NEVER);
    expect(namedSteps()).toEqual(['first', 'second']);
  });

  it('passes on the error of a step, except that of a step that it has left', async () => {
    const time = new StopTime(60_000, logger);
    const failing = Promise.reject(new Error('a step fails'));
    await expect(time.waitFor({ name: 'first' }, failing)).rejects.toThrow('a step fails');
    const late = Promise.withResolvers<void>();
    await time.waitFor({ name: 'second', limitMs: 5 }, late.promise);
    late.reject(new Error('too late'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(namedSteps()).toEqual(['second']);
  });
});
