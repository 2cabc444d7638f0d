import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { FaultState } from '../fault-state';
import { endsWithin } from '../lifecycle/time-limit';

/** Longest pause after a run that failed, in milliseconds. */
const RETRY_PAUSE_MS = 60_000;

/** At the stop, runs get this time: a step of a run can wait for a database that does not answer. */
const STOP_LIMIT_MS = 5_000;

/** A pause differs from its interval by at most this share, so replicas that start together do not run together. */
const JITTER = 0.1;

/** Work that a process repeats for as long as it runs. */
export interface Job {
  /** Label of the metrics and of the log, in kebab-case. */
  name: string;
  /** Pause between the end of a run and the start of the next one, in milliseconds. */
  intervalMs: number;
  /**
   * @param signal is aborted when the process stops: a run ends after its current step.
   * @returns how many items were processed; `null`: the run was left to another replica.
   */
  run(signal: AbortSignal): Promise<number | null>;
}

/** The log of the runner: the first failure of a job, and the next success. */
export interface JobLog {
  failed(details: { job: string; reason: string }): void;
  recovered(details: { job: string }): void;
}

/**
 * Runs jobs: each at the start and then at its interval, never twice at the same time in
 * this process. A run that fails is repeated after the interval, at most a minute later.
 */
export class JobRunner {
  private readonly stopping = new AbortController();
  private readonly loops: Promise<void>[] = [];
  /** The names of the jobs that run now. */
  private readonly running = new Set<string>();
  private readonly metrics: JobMetrics;

  constructor(private readonly parts: { log: JobLog; registry: Registry }) {
    this.metrics = new JobMetrics(parts.registry);
  }

  start(job: Job): void {
    this.loops.push(this.loop(job, this.stopping.signal));
  }

  /**
   * Starts no more runs and waits for the end of the current ones, at most for the time in
   * milliseconds. The log names a run that takes longer; it ends with the process.
   */
  async stop(limitMs = STOP_LIMIT_MS): Promise<void> {
    this.stopping.abort();
    if (await endsWithin(Promise.all(this.loops), limitMs)) return;
    const reason = 'the process stopped before the end of the run';
    for (const job of this.running) this.parts.log.failed({ job, reason });
  }

  private async loop(job: Job, signal: AbortSignal): Promise<void> {
    const { log } = this.parts;
    const fault = new FaultState({
      began: (reason) => log.failed({ job: job.name, reason }),
      ended: () => log.recovered({ job: job.name }),
    });
    while (!signal.aborted) {
      const isDone = await this.run(job, fault);
      const pause = isDone ? job.intervalMs : Math.min(job.intervalMs, RETRY_PAUSE_MS);
      await sleep(withJitter(pause), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  private async run(job: Job, fault: FaultState): Promise<boolean> {
    const { signal } = this.stopping;
    const begin = performance.now();
    this.running.add(job.name);
    try {
      const items = await job.run(signal);
      this.metrics.succeeded(job.name, { items, ms: performance.now() - begin });
      fault.end();
      return true;
    } catch (error) {
      this.metrics.failed(job.name);
      if (!signal.aborted) fault.begin(error);
      return false;
    } finally {
      this.running.delete(job.name);
    }
  }
}

function withJitter(ms: number): number {
  return ms * (1 - JITTER + 2 * JITTER * Math.random());
}

class JobMetrics {
  private readonly runs: Counter<'job' | 'outcome'>;
  private readonly items: Counter<'job'>;
  private readonly duration: Histogram<'job'>;
  private readonly lastSuccess: Gauge<'job'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['job'] as const;
    this.runs = new Counter({
      name: 'gatehouse_job_runs_total',
      help: 'Runs of jobs; skipped: the job runs on another replica',
      labelNames: ['job', 'outcome'],
      registers,
    });
    this.items = new Counter({
      name: 'gatehouse_job_items_total',
      help: 'Items that jobs have processed',
      labelNames,
      registers,
    });
    this.duration = new Histogram({
      name: 'gatehouse_job_duration_seconds',
      help: 'Duration of the runs that were not skipped and did not fail',
      labelNames,
      buckets: [0.001, 0.01, 0.1, 1, 10, 60],
      registers,
    });
    this.lastSuccess = new Gauge({
      name: 'gatehouse_job_last_success_timestamp_seconds',
      help: 'Time of the last run that did not fail',
      labelNames,
      registers,
    });
  }

  succeeded(job: string, { items, ms }: { items: number | null; ms: number }): void {
    this.runs.inc({ job, outcome: items === null ? 'skipped' : 'success' });
    this.lastSuccess.set({ job }, Date.now() / 1_000);
    if (items === null) return;
    this.items.inc({ job }, items);
    this.duration.observe({ job }, ms / 1_000);
  }

  failed(job: string): void {
    this.runs.inc({ job, outcome: 'failure' });
  }
}
