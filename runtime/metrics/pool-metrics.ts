import { Gauge } from 'prom-client';
import type { Pool } from 'pg';
import type { Metrics } from './metrics';

/** Connections of the pool, and requests that wait for one, read at each scrape. */
export function measurePool({ registry }: Metrics, pool: Pool): void {
  const connections: Gauge<'state'> = new Gauge({
    name: 'gatehouse_database_connections',
    help: 'Connections of the pool, by state',
    labelNames: ['state'],
    registers: [registry],
    collect: () => {
      connections.set({ state: 'idle' }, pool.idleCount);
      connections.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    },
  });
  const waiting: Gauge = new Gauge({
    name: 'gatehouse_database_waiting',
    help: 'Statements and transactions that wait for a connection of the pool',
    registers: [registry],
    collect: () => waiting.set(pool.waitingCount),
  });
}
