import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { measure, type Outcome, send } from './http-call';
import { type Calls, type Flow, type Kinds, prepareKinds, type Urls } from './kinds';
import { Ledger } from './ledger';

/** Between two requests of a kind: a load, not a search for the limit. */
export const PAUSE_MS = 100;

/** One request of each kind that reaches the database, on both processes, again and again. */
export class Load {
  /** Since the last `take`. */
  outcomes: Outcome[] = [];
  private readonly calls: Calls;
  private readonly flows: Flow[];

  private constructor(
    { calls, flows }: Kinds,
    /** The writes that were acknowledged. */
    readonly ledger: Ledger,
    private readonly pauseMs: number,
  ) {
    this.calls = calls;
    const sendCall = async (kind: string) => {
      const { toCall, onAnswer } = calls[kind]!;
      const outcome = await measure(kind, toCall());
      onAnswer?.(outcome);
      return [outcome];
    };
    this.flows = [
      ...Object.keys(calls).map((kind) => () => sendCall(kind)),
      ...Object.values(flows),
    ];
    this.kinds = [...Object.keys(calls), ...Object.keys(flows)];
  }

  readonly kinds: string[];

  static async prepare(urls: Urls, pauseMs = PAUSE_MS): Promise<Load> {
    const ledger = new Ledger();
    return new Load(await prepareKinds(urls, ledger), ledger, pauseMs);
  }

  /** Sends requests of all kinds at once until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.flows.map(async (flow) => {
        while (!signal.aborted) {
          this.outcomes.push(...(await flow()));
          await sleep(this.pauseMs);
        }
      }),
    );
  }

  /**
   * Sends one request of each kind, and closes the connections after the time.
   * @returns the ids of the requests without a complete answer.
   */
  async leave(afterMs: number): Promise<string[]> {
    const ids = Object.values(this.calls).map(async ({ toCall }) => {
      const requestId = randomUUID();
      try {
        const response = await send({ ...toCall(), requestId }, AbortSignal.timeout(afterMs));
        await response.text();
        return [];
      } catch {
        return [requestId];
      }
    });
    return (await Promise.all(ids)).flat();
  }
}
