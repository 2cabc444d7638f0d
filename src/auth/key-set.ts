import type { KeyObject } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { JwksClient } from 'jwks-rsa';
import { fetchJsonWithin } from './bounded-fetch';
import { toVerificationKeys } from './verification-key';
import { AUTH_BASE_PATH, JWKS_PATH } from '../../auth-server/contract';
import { Problem } from '../common/problem';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

/** How long the set is used before it is fetched again in the background. */
const REFRESH_MS = 60_000;

/** How soon a failed fetch is tried again while there is no set at all. */
const RETRY_MS = 500;

/** Least time between two fetches that unknown key ids ask for. */
const COOL_DOWN_MS = 5_000;

/**
 * The auth server's verification keys: held, not asked for.
 *
 * The whole JWKS is fetched at start and again in the background; the last good set is
 * kept while the auth server is away or answers nonsense. Callers with a known key id
 * never wait. An unknown key id asks for at most one fetch in a cool-down, shared by all
 * who wait for it, so made-up key ids cannot crowd anyone out. jwks-rsa does the asking;
 * its per-key cache and its limiter (one bucket for all callers) stay off.
 */
@Injectable()
export class KeySet implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(KeySet.name);
  private readonly client: JwksClient;
  private keys: ReadonlyMap<string, KeyObject> = new Map();
  private fetchedAt: number | null = null;
  private lastAttemptAt = -Infinity;
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private failing = false;
  private closed = false;

  constructor(@Inject(API_SETTINGS) private readonly settings: ApiSettings) {
    this.client = new JwksClient({
      jwksUri: `${settings.authInternalUrl}${AUTH_BASE_PATH}${JWKS_PATH}`,
      cache: false,
      rateLimit: false,
      fetcher: fetchJsonWithin,
    });
  }

  /** The first fetch does not hold up the start: without keys the API answers 503, not 401. */
  onModuleInit(): void {
    void this.refresh();
  }

  onApplicationShutdown(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** Milliseconds since the set in use was fetched; `null` without a set. */
  ageMs(): number | null {
    return this.fetchedAt === null ? null : performance.now() - this.fetchedAt;
  }

  /**
   * The key to verify with.
   *
   * @returns `null` when the auth server publishes no such key.
   * @throws {Problem} `keys_unavailable` when there is no key set to judge by.
   */
  async find(keyId: string): Promise<KeyObject | null> {
    const known = this.keys.get(keyId);
    if (known) return known;
    if (this.fetchedAt === null) await this.running;
    else if (performance.now() - this.lastAttemptAt >= COOL_DOWN_MS) void this.refresh();
    if (this.running) await this.running;
    if (this.fetchedAt === null) throw new Problem('keys_unavailable');
    return this.keys.get(keyId) ?? null;
  }

  /** Fetches the set now, or joins the fetch that is under way. */
  refresh(): Promise<void> {
    this.running ??= this.fetch().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async fetch(): Promise<void> {
    clearTimeout(this.timer);
    this.lastAttemptAt = performance.now();
    try {
      this.keys = toVerificationKeys(await this.client.getKeys(), this.settings.jwtAlgorithm);
      this.fetchedAt = performance.now();
      if (this.failing) this.logger.log('signing keys are fetched again');
      this.failing = false;
    } catch (error) {
      // Logged on the change, not on every try.
      if (!this.failing) this.logger.warn(`signing keys cannot be fetched: ${String(error)}`);
      this.failing = true;
    }
    this.schedule(this.fetchedAt === null ? RETRY_MS : REFRESH_MS);
  }

  private schedule(delay: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => void this.refresh(), delay).unref();
  }
}
