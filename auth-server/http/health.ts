import { Router } from 'express';
import type { Pool } from 'pg';
import { EXACT_PATHS } from '../../runtime/http/exact-paths';
import { isProcessStopping } from '../../runtime/lifecycle/http-stop';
import { sharedWork } from '../../runtime/shared-work';
import { ClockDifference } from '../../runtime/metrics/clock-difference';
import { WriteProbe } from '../../runtime/database/check/write-probe';
import type { Logger } from '../../runtime/logger';
import type { Metrics } from '../../runtime/metrics/metrics';
import type { SigningKeys } from '../signing-keys/signing-keys';

/** A part that does not answer within this time is not available. */
const CHECK_LIMIT_MS = 1_000;

export type Availability = 'ok' | 'unavailable';

interface Parts {
  pool: Pool;
  signingKeys: SigningKeys;
  logger: Logger;
  metrics: Metrics;
}

/** Live: the process answers. Ready: all parts that it depends on are available. */
export function healthRoutes(parts: Parts): Router {
  const router = Router(EXACT_PATHS);
  const writes = createWriteProbe(parts);
  /** Of any number of probes at once. */
  const check = sharedWork(() =>
    Promise.all([
      isAvailable(() => Promise.all([parts.pool.query('SELECT 1'), writes.check()])),
      isAvailable(() => parts.signingKeys.current()),
    ]),
  );
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/health/ready', async (_request, response) => {
    const [database, signingKeys] = await check();
    const status =
      database === 'ok' && signingKeys === 'ok' && !isProcessStopping() ? 'ok' : 'unavailable';
    response.status(status === 'ok' ? 200 : 503).json({
      status,
      checks: { database: { status: database }, signingKeys: { status: signingKeys } },
    });
  });
  return router;
}

function createWriteProbe({ pool, logger, metrics }: Parts): WriteProbe {
  return new WriteProbe({
    process: 'auth',
    run: async (sql, values) => (await pool.query<object>(sql, values)).rows,
    report: {
      began: (reason) => logger.warn({ reason }, 'not ready: the database refuses writes'),
      ended: () => logger.info('the database accepts writes again'),
    },
    clock: new ClockDifference(metrics, {
      began: (reason) =>
        logger.warn({ reason }, 'the clock of this process is wrong, or that of the database'),
      ended: () => logger.info('the clocks of this process and of the database agree again'),
    }),
  });
}

async function isAvailable(check: () => Promise<unknown>): Promise<Availability> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), CHECK_LIMIT_MS);
  });
  try {
    await Promise.race([check(), limit]);
    return 'ok';
  } catch {
    return 'unavailable';
  } finally {
    clearTimeout(timer);
  }
}
