import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { JwksServer } from '../support/servers/jwks-server';
import { SigningKey } from '../support/signing-key';
import { KeySet, type KeySetTiming } from '../../src/auth/token/key-set';
import type { ApiSettings } from '../../src/config/api-settings';

/**
 * Ten to a hundred times faster than in production, but for the limit of a fetch: a busy host needs
 * more than the shortest ones.
 */
export const TIMING: KeySetTiming = {
  refreshMs: 600,
  disconnectedRefreshMs: 30,
  retryMs: 50,
  emptyRetryMs: 20,
  coolDownMs: 300,
  timeoutMs: 10_000,
  startMs: 0,
};

/** A key set, its auth server and its table of keys, new for each test. */
export class KeySetBench {
  readonly key = new SigningKey();
  readonly nextKey = new SigningKey();
  readonly published = [this.key.jwk, this.nextKey.jwk];
  /** Ids in the table of keys; `null`: unreadable. */
  table: string[] | null = [];
  server!: JwksServer;
  keySet!: KeySet;

  constructor() {
    beforeAll(() => Logger.overrideLogger(false));
    beforeEach(async () => {
      this.table = [];
      this.server = await JwksServer.start();
      this.server.publish(this.published);
    });
    afterEach(async () => {
      this.keySet.onApplicationShutdown();
      await this.server.stop();
    });
  }

  /** A key set that has begun to fetch. */
  begin(timing: Partial<KeySetTiming> = {}): void {
    const { url: authInternalUrl } = this.server;
    const settings = { authInternalUrl, jwtAlgorithm: 'RS256', accessLease: 1_000 };
    const query = async () => {
      if (!this.table) throw new Error('no database');
      return this.table.map((id) => ({ id }));
    };
    this.keySet = new KeySet(settings as ApiSettings, { query } as never, { ...TIMING, ...timing });
    this.keySet.onModuleInit();
  }

  /** A key set that has its keys. */
  async start(timing: Partial<KeySetTiming> = {}): Promise<void> {
    this.begin(timing);
    await until(() => this.keySet.get(this.key.kid) !== null);
  }
}

export async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${String(isSo)}`);
    await sleep(5);
  }
}
