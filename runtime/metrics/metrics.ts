import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getHeapStatistics } from 'node:v8';
import { collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import { explainPort } from '../network/port-errors';
import { type FinishedRequest, RequestDurations } from './request-durations';

/** URL path of the metrics, on every port that serves them. */
export const METRICS_PATH = '/metrics';

/** Methods that requests are counted by; all others are `other`. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The Prometheus metrics of one process. */
export class Metrics {
  readonly registry = new Registry();
  private readonly durations = new RequestDurations();

  constructor(processName: string) {
    this.registry.setDefaultLabels({ process: processName });
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'gatehouse_heap_limit_bytes',
      help: 'Size of the heap at which Node.js ends the process',
      registers: [this.registry],
    }).set(getHeapStatistics().heap_size_limit);
    // Has the methods that the registry calls; the types accept only prom-client's own classes.
    this.registry.registerMetric(this.durations as unknown as Metric);
  }

  countRequest(request: FinishedRequest): void {
    const method = METHODS.has(request.method) ? request.method : 'other';
    this.durations.add({ ...request, method });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The text exposition format. */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  /**
   * Serves the metrics on a port of their own.
   *
   * @throws {StartError} when the port is in use.
   */
  async listen(port: number): Promise<Server> {
    const server = createServer((request, response) => {
      if (request.url !== METRICS_PATH) {
        response.writeHead(404).end();
        return;
      }
      this.render().then(
        (text) => response.writeHead(200, { 'content-type': this.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
    server.listen(port);
    await once(server, 'listening').catch((error: unknown) => {
      throw explainPort(error, { name: 'METRICS_PORT', port });
    });
    // A connection that cannot be accepted must not end the process.
    server.on('error', () => {});
    return server;
  }
}
