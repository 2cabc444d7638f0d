import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Where metrics are served, on whichever port. */
export const METRICS_PATH = '/metrics';

/** Upper bounds of request durations in seconds: from a warm check to a password hash. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export interface FinishedRequest {
  method: string;
  /** The route's pattern, never the address itself: there are as many of those as callers like. */
  route: string;
  status: number;
  milliseconds: number;
}

/** The Prometheus metrics of one process. */
export class Metrics {
  readonly registry = new Registry();
  private readonly durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [this.registry],
  });

  constructor(processName: string) {
    this.registry.setDefaultLabels({ process: processName });
    collectDefaultMetrics({ register: this.registry });
  }

  countRequest({ method, route, status, milliseconds }: FinishedRequest): void {
    this.durations.observe({ method, route, status }, milliseconds / 1_000);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The text exposition format. */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  /** Serves the metrics on a port of their own. */
  async listen(port: number): Promise<Server> {
    const server = createServer((request, response) => {
      if (request.url !== METRICS_PATH) {
        response.writeHead(404).end();
        return;
      }
      void this.render().then((text) => {
        response.writeHead(200, { 'content-type': this.contentType }).end(text);
      });
    });
    server.listen(port);
    await once(server, 'listening');
    return server;
  }
}
