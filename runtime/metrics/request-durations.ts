import type { ServerResponse } from 'node:http';

/** Upper bounds of request durations in seconds: from a warm check to a password hash. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export interface FinishedRequest {
  method: string;
  /** The route's pattern, never the URL itself: a client can send any number of URLs. */
  route: string;
  status: Outcome;
  milliseconds: number;
}

/** The status, or `left`: the client left before the answer. */
type Outcome = number | 'left';

/** @returns `null` when the client left during the answer, as the reader of a stream does. */
export function outcomeOf(response: ServerResponse): Outcome | null {
  if (response.writableFinished) return response.statusCode;
  return response.headersSent ? null : 'left';
}

type Labels = Pick<FinishedRequest, 'method' | 'route' | 'status'>;

/** The requests of one combination of labels. */
interface Series {
  labels: Labels;
  /** For each bound the requests between the bound before it and itself; last, those above all. */
  counts: number[];
  sum: number;
}

interface Sample {
  metricName: string;
  labels: Record<string, string | number>;
  value: number;
}

/**
 * The histogram of request durations, as a metric of prom-client's registry. It counts in plain
 * numbers, because every request counts, and makes the samples when they are scraped.
 */
export class RequestDurations {
  readonly name = 'http_request_duration_seconds';
  readonly help = 'Duration of HTTP requests';
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  /** By route, method and status: three look-ups cost less than a joined key. */
  private readonly routes = new Map<string, Map<string, Map<Outcome, Series>>>();

  add(request: FinishedRequest): void {
    const seconds = request.milliseconds / 1_000;
    const series = this.seriesOf(request);
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket += 1;
    series.counts[bucket]! += 1;
    series.sum += seconds;
  }

  /** Called by the registry at each scrape. */
  get() {
    const { name, help, type, aggregator } = this;
    const all = [...this.routes.values()].flatMap((methods) =>
      [...methods.values()].flatMap((statuses) => [...statuses.values()]),
    );
    return {
      name,
      help,
      type,
      aggregator,
      values: all.flatMap((series) => this.samplesOf(series)),
    };
  }

  /** The registry calls it to reset all values to zero. */
  reset(): void {
    this.routes.clear();
  }

  private seriesOf({ method, route, status }: Labels): Series {
    const known = this.routes.get(route)?.get(method)?.get(status);
    if (known) return known;
    const counts = Array.from({ length: BOUNDS.length + 1 }, () => 0);
    const series = { labels: { method, route, status }, counts, sum: 0 };
    const methods = this.routes.get(route) ?? new Map<string, Map<Outcome, Series>>();
    const statuses = methods.get(method) ?? new Map<number, Series>();
    this.routes.set(route, methods.set(method, statuses.set(status, series)));
    return series;
  }

  private samplesOf({ labels, counts, sum }: Series): Sample[] {
    let total = 0;
    const buckets = counts.map((count, bucket): Sample => {
      total += count;
      const le = BOUNDS[bucket] ?? '+Inf';
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: total },
    ];
  }
}
