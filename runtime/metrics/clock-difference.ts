import { Gauge } from 'prom-client';
import { type FaultReport, FaultState } from '../fault-state';
import type { Metrics } from './metrics';

/** A larger difference is reported. Two hosts with it together use up the tolerance of tokens. */
const LARGEST_DIFFERENCE_S = 2;

/** The time of the database, and when this process had asked for it and got it, by its own clock. */
export interface TimeAnswer {
  asked: number;
  told: number;
  answered: number;
}

/** By how much the clock of the database is ahead of the clock of this process, as seen last. */
export class ClockDifference {
  private seconds = NaN;
  private readonly fault: FaultState;

  /** @param report is called when the difference becomes too large, and when it is small again. */
  constructor({ registry }: Metrics, report: FaultReport) {
    this.fault = new FaultState(report);
    const gauge: Gauge = new Gauge({
      name: 'gatehouse_clock_difference_seconds',
      help: 'Time by which the clock of the database is ahead of this process; NaN before a probe',
      registers: [registry],
      collect: () => gauge.set(this.seconds),
    });
  }

  /** A slow answer is no difference: the clocks may agree when the time is between both of its ends. */
  compare({ asked, told, answered }: TimeAnswer): void {
    const ms = Math.min(told - asked, 0) || Math.max(told - answered, 0);
    this.seconds = ms / 1_000;
    if (Math.abs(this.seconds) <= LARGEST_DIFFERENCE_S) return this.fault.end();
    const place = ms > 0 ? 'behind' : 'ahead of';
    this.fault.begin(`${Math.abs(this.seconds).toFixed(1)} s ${place} the database`);
  }
}
