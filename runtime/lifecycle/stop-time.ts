import { endsWithin } from './time-limit';
import type { Logger } from '../logger';

export interface StopStep {
  /** For the log. */
  name: string;
  /** Longest wait for this step, in milliseconds. Default: what is left of the whole time. */
  limitMs?: number;
}

/** The time of a whole stop: each step gets what the steps before it have left. */
export class StopTime {
  private readonly end: number;

  /** @param totalMs for all steps together, in milliseconds, from now on. */
  constructor(
    totalMs: number,
    private readonly logger: Logger,
  ) {
    this.end = performance.now() + totalMs;
  }

  /**
   * Waits for a step, not longer than its limit and not longer than the time that is left. The log
   * names a step that takes longer; it ends with the process.
   *
   * @throws the error of the step.
   */
  async waitFor({ name, limitMs = Infinity }: StopStep, work: Promise<unknown>): Promise<void> {
    const leftMs = Math.max(this.end - performance.now(), 0);
    const hasEnded = await endsWithin(work, Math.min(limitMs, leftMs));
    if (!hasEnded) this.logger.warn({ step: name }, 'the stop does not wait for a step');
  }
}
