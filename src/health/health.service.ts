import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Readiness } from './health.schemas';
import { KeySet } from '../auth/token/key-set';
import { SessionAccess } from '../auth/live-access/session-access';
import { ClockDifference } from '../../runtime/metrics/clock-difference';
import { WriteProbe } from '../../runtime/database/check/write-probe';
import { isProcessStopping } from '../../runtime/lifecycle/http-stop';
import { sharedWork } from '../../runtime/shared-work';
import { Metrics } from '../../runtime/metrics/metrics';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

/** A probe that waits longer than this counts as failed. */
const CHECK_LIMIT_MS = 1_000;

@Injectable()
export class HealthService {
  private readonly logger = new Logger('Health');
  private readonly writes: WriteProbe;
  /** Of any number of probes at once. */
  private readonly check = sharedWork(() => this.checkParts());

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    private readonly keySet: KeySet,
    private readonly sessionAccess: SessionAccess,
    metrics: Metrics,
  ) {
    const clock = new ClockDifference(metrics, {
      began: (reason) =>
        this.logger.warn(`the clock of this process is wrong, or that of the database: ${reason}`),
      ended: () => this.logger.log('the clocks of this process and of the database agree again'),
    });
    this.writes = new WriteProbe({
      process: 'api',
      run: (sql, values) => this.dataSource.query(sql, values),
      report: {
        began: (reason) => this.logger.warn(`not ready: the database refuses writes: ${reason}`),
        ended: () => this.logger.log('the database accepts writes again'),
      },
      clock,
    });
  }

  async readiness(): Promise<Readiness> {
    const [database, authServer] = await this.check();
    const ageMs = this.keySet.ageMs();
    return {
      status: toStatus(database && ageMs !== null && !isProcessStopping()),
      checks: {
        database: { status: toStatus(database) },
        signingKeys: {
          status: toStatus(ageMs !== null),
          ageSeconds: ageMs === null ? null : Math.round(ageMs / 1000),
        },
        authServer: { status: toStatus(authServer) },
        access: this.sessionAccess.report(),
      },
    };
  }

  private checkParts(): Promise<[database: boolean, authServer: boolean]> {
    return Promise.all([
      succeeds(Promise.all([this.dataSource.query('SELECT 1'), this.writes.check()])),
      succeeds(this.pingAuthServer()),
    ]);
  }

  private async pingAuthServer(): Promise<void> {
    const response = await fetch(`${this.settings.authInternalUrl}/health/live`, {
      signal: AbortSignal.timeout(CHECK_LIMIT_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`status ${response.status}`);
  }
}

async function succeeds(check: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_LIMIT_MS);
  });
  const outcome = check.then(
    () => true,
    () => false,
  );
  return Promise.race([outcome, limit]).finally(() => clearTimeout(timer));
}

function toStatus(good: boolean): 'ok' | 'unavailable' {
  return good ? 'ok' : 'unavailable';
}
