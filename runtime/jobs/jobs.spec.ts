import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { type Job, JobRunner } from './jobs';

const INTERVAL_MS = 20;

let registry: Registry;
let log: string[];
let runner: JobRunner;

beforeEach(() => {
  registry = new Registry();
  log = [];
  runner = new JobRunner({
    registry,
    log: {
      failed: ({ job, reason }) => log.push(`${job} failed: ${reason}`),
      recovered: ({ job }) => log.push(`${job} recovered`),
    },
  });
});

afterEach(() => runner.stop());

/** Starts a job whose n-th run gets `n` and waits until the given number of runs has begun. */
async function runTimes(times: number, run: (n: number) => Promise<number | null>): Promise<void> {
  let count = 0;
  await new Promise<void>((resolve) => {
    runner.start({
      name: 'sweep',
      intervalMs: INTERVAL_MS,
      run: () => {
        count += 1;
        if (count === times) resolve();
        return run(count);
      },
    });
  });
}

describe('a job', () => {
  it('runs at the start and then at its interval', async () => {
    const begins: number[] = [];
    await runTimes(4, async () => begins.push(performance.now()));
    const pauses = begins.slice(1).map((begin, index) => begin - begins[index]!);
    // The jitter takes at most a tenth; a timer may end a millisecond early.
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(INTERVAL_MS * 0.9 - 1);
  });

  it('never runs twice at the same time', async () => {
    let running = 0;
    const atOnce: number[] = [];
    await runTimes(3, async () => {
      running += 1;
      atOnce.push(running);
      await sleep(INTERVAL_MS * 3);
      running -= 1;
      return 0;
    });
    expect(atOnce).toEqual([1, 1, 1]);
  });

  it('runs again after a failure and logs only the first failure and the recovery', async () => {
    await runTimes(6, async (n) => {
      if (n === 2 || n === 3) throw new Error(`run ${n}`);
      return 0;
    });
    expect(log).toEqual(['sweep failed: run 2', 'sweep recovered']);
  });

  it('counts its runs and items', async () => {
    await runTimes(4, async (n) => {
      if (n === 2) throw new Error('a failure');
      return n === 3 ? null : 5;
    });
    await runner.stop();
    const text = await registry.metrics();
    expect(text).toContain('gatehouse_job_runs_total{job="sweep",outcome="success"} 2');
    expect(text).toContain('gatehouse_job_runs_total{job="sweep",outcome="failure"} 1');
    expect(text).toContain('gatehouse_job_runs_total{job="sweep",outcome="skipped"} 1');
    expect(text).toContain('gatehouse_job_items_total{job="sweep"} 10');
    expect(text).toContain('gatehouse_job_duration_seconds_count{job="sweep"} 2');
    expect(text).toMatch(/gatehouse_job_last_success_timestamp_seconds\{job="sweep"\} \d{10}/);
  });
});

describe('a stop', () => {
  it('waits for the current run, aborts its signal and starts no other', async () => {
    const events: string[] = [];
    const job: Job = {
      name: 'sweep',
      intervalMs: 1,
      run: async (signal) => {
        events.push('begin');
        await sleep(30);
        events.push(signal.aborted ? 'aborted' : 'not aborted');
        return 0;
      },
    };
    runner.start(job);
    await runner.stop();
    expect(events).toEqual(['begin', 'aborted']);
    await sleep(20);
    expect(events).toHaveLength(2);
  });

  it('does not wait for the pause between two runs', async () => {
    runner.start({ name: 'sweep', intervalMs: 3_600_000, run: async () => 0 });
    await sleep(1);
    await expect(
      Promise.race([runner.stop(), sleep(1_000, 'late', { ref: false })]),
    ).resolves.toBeUndefined();
  });

  it('does not log a run that fails because of it', async () => {
    const run = async (signal: AbortSignal) => {
      await sleep(10);
      signal.throwIfAborted();
      return 0;
    };
    runner.start({ name: 'sweep', intervalMs: 1, run });
    await runner.stop();
    expect(log).toEqual([]);
  });

  it('does not wait longer than its limit for a run, and logs the job', async () => {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<number>();
    const run = (): Promise<number> => {
      begun.resolve();
      return ended.promise;
    };
    runner.start({ name: 'sweep', intervalMs: 1, run });
    await begun.promise;
    await runner.stop(10);
    expect(log).toEqual(['sweep failed: the process stopped before the end of the run']);
    ended.resolve(0);
  });
});
