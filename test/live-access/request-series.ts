import { setTimeout as pause } from 'node:timers/promises';
import { type Person, visit } from './access-fixture';

/** Times are of `performance.now()`. */
export interface RequestResult {
  started: number;
  ended: number;
  status: number;
}

/** Between two requests. */
const REST_MS = 5;

/** Sends requests of one user to one replica, repeatedly. */
export class RequestSeries {
  readonly results: RequestResult[] = [];
  private readonly stopping = new AbortController();
  private readonly finished: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly person: Person,
  ) {
    this.finished = this.watch();
  }

  async stop(): Promise<RequestResult[]> {
    this.stopping.abort();
    await this.finished;
    return this.results;
  }

  /** Start of the last accepted request; `-Infinity` without one. */
  get lastAcceptedAt(): number {
    return Math.max(
      ...this.results.filter(({ status }) => status === 200).map(({ started }) => started),
    );
  }

  private async watch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.results.push(await sendRequest(this.url, this.person));
      await pause(REST_MS);
    }
  }
}

/** One request of the user; status 0 without a response. */
export async function sendRequest(url: string, { accessToken }: Person): Promise<RequestResult> {
  const started = performance.now();
  const path = `${url}/api/v1/users/me`;
  const { status } = await visit(path, { bearer: accessToken }).catch(() => ({ status: 0 }));
  return { started, ended: performance.now(), status };
}
