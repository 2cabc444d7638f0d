/**
 * Two processes of one host cannot share a port: `METRICS_PORT` is the API's, and the auth
 * server takes the next one.
 */
export function authMetricsPort(metricsPort: number): number {
  return metricsPort + 1;
}
