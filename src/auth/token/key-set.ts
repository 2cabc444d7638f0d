import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { JwksClient } from 'jwks-rsa';
import type { DataSource } from 'typeorm';
import { fetchJsonWithin } from './bounded-fetch';
import { UnreadChange } from './unread-change';
import {
  toVerificationKeys,
  type VerificationKey,
  type VerificationKeys,
} from './verification-key';
import { WithdrawnKeys } from './withdrawn-keys';
import { AUTH_BASE_PATH, JWKS_PATH, TABLES } from '../../../contract';
import { DATABASE_LIMITS } from '../../../runtime/database/database-limits';
import { runOutsideScope } from '../../../runtime/database/database-scope';
import { FaultState, toReason } from '../../../runtime/fault-state';
import { endsWithin } from '../../../runtime/lifecycle/time-limit';
import { Problem } from '../../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** When keys are fetched; all in milliseconds. */
export interface KeySetTiming {
  /** The time after which a set is fetched again in the background. */
  refreshMs: number;
  /** The same, while announcements of changed keys do not arrive. */
  disconnectedRefreshMs: number;
  /** The pause after a failed fetch, while a set exists. */
  retryMs: number;
  /** The same while there is no set, and while the table of keys cannot be read. */
  emptyRetryMs: number;
  /** The shortest time between two fetches for unknown key ids. */
  coolDownMs: number;
  /** The longest time for one fetch. */
  timeoutMs: number;
  /** How long the first set may be missing without a warning. */
  startMs: number;
}

function defaultTiming({ accessLease }: ApiSettings): KeySetTiming {
  return {
    refreshMs: 60_000,
    disconnectedRefreshMs: Math.max(accessLease / 2, 250),
    retryMs: 5_000,
    emptyRetryMs: 500,
    coolDownMs: 5_000,
    timeoutMs: 3_000,
    startMs: 5_000,
  };
}

/** Largest JWKS that is read, in bytes; a real one has a few kilobytes. */
const LARGEST_JWKS = 256 * 1024;

const SELECT_KEY_IDS = `SELECT ${TABLES.jwks.columns.id} AS "id" FROM ${TABLES.jwks.name}`;

/**
 * The verification keys of the auth server, in memory (docs/security/token.md).
 *
 * The whole JWKS is fetched at the start and again in the background. While the auth server is
 * unavailable or its answer is invalid, the last valid set is used. A request with a known key id
 * does not wait. An unknown key id causes at most one fetch in a cool-down, which all waiting
 * requests share, so invented key ids cause no load. jwks-rsa fetches; its cache of keys and its
 * limit for all callers are not used.
 */
@Injectable()
export class KeySet implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(KeySet.name);
  private readonly client: JwksClient;
  private readonly timing: KeySetTiming;
  private keys: VerificationKeys = new Map();
  private readonly withdrawn = new WithdrawnKeys();
  private readonly unread = new UnreadChange();
  private readonly leaveListeners: ((key: VerificationKey) => void)[] = [];
  private fetchedAt: number | null = null;
  private lastAttemptAt = -Infinity;
  private readonly startedAt = performance.now();
  private running: Promise<void> | null = null;
  private attempt = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly fault = new FaultState({
    began: (reason) => {
      const consequence = this.isEmpty ? 'no token can be verified' : 'the last good set is kept';
      this.logger.warn(`signing keys cannot be fetched, ${consequence}: ${reason}`);
    },
    ended: () => this.logger.log('signing keys are fetched again'),
  });
  /** `null` until live access sets it: without live access there are no notifications. */
  private isConnected: boolean | null = null;
  private closed = false;

  constructor(
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    @InjectDataSource() private readonly dataSource: Pick<DataSource, 'query'>,
    // Not provided in the application; tests pass shorter times.
    @Optional() timing?: Partial<KeySetTiming>,
  ) {
    this.timing = { ...defaultTiming(settings), ...timing };
    this.client = new JwksClient({
      jwksUri: `${settings.authInternalUrl}${AUTH_BASE_PATH}${JWKS_PATH}`,
      cache: false,
      rateLimit: false,
      // Checked by toVerificationKeys().
      fetcher: (url) => this.fetchJson(url) as Promise<{ keys: never }>,
    });
  }

  /** The start does not wait for the first fetch: without keys the API answers 503, not 401. */
  onModuleInit(): void {
    void this.refresh();
  }

  onApplicationShutdown(): void {
    this.closed = true;
    this.attempt.abort();
    clearTimeout(this.timer);
  }

  /** Milliseconds since the set in use was fetched; `null` without a set. */
  ageMs(): number | null {
    return this.isEmpty || this.fetchedAt === null ? null : performance.now() - this.fetchedAt;
  }

  /** The key with this id, when it is known. */
  get(keyId: string): VerificationKey | null {
    return this.keys.get(keyId) ?? null;
  }

  /**
   * Whether the key is still in the set. Without it, the tokens that it verified are not accepted.
   */
  holds(key: VerificationKey): boolean {
    return this.keys.get(key.keyId) === key;
  }

  /** The database announces that keys have changed. */
  announce(): void {
    this.unread.announce();
    void this.refresh();
  }

  /**
   * Resolves when an announced change is read from the table; `null`: there is none.
   * The promise rejects with `database_unavailable` when the read takes too long.
   */
  untilRead(): Promise<void> | null {
    return this.unread.read && this.readInTime(this.unread.read);
  }

  /** `listener` is called for each key when it leaves the set. */
  onLeave(listener: (key: VerificationKey) => void): void {
    this.leaveListeners.push(listener);
  }

  /**
   * The key with this id; an unknown id is fetched from the auth server. @returns `null` when the
   * auth server publishes no such key. @throws {Problem} `keys_unavailable` without a key set, or
   * for an unknown key after a failed fetch.
   */
  async find(keyId: string): Promise<VerificationKey | null> {
    const known = this.get(keyId);
    if (known) return known;
    if (!this.running && this.hasCooledDown()) void this.refresh();
    // One fetch may give way to another.
    while (this.running) await this.running;
    const found = this.get(keyId);
    // After a failed fetch, the key may exist at the auth server and the token may be valid.
    if (!found && (this.isEmpty || this.fault.isActive)) throw new Problem('keys_unavailable');
    return found;
  }

  /**
   * Fetches the set now. A running fetch is cancelled: its answer may be older than the change
   * that causes this fetch, and could restore a withdrawn key. The work is for all requests: a time
   * limit of the request that begins it does not stop it.
   */
  refresh(): Promise<void> {
    this.attempt.abort();
    this.attempt = new AbortController();
    const { signal } = this.attempt;
    const running = runOutsideScope(() => this.run(signal)).finally(() => {
      if (this.running === running) this.running = null;
    });
    this.running = running;
    return running;
  }

  /**
   * Called when announcements of changed keys begin or cease to arrive. A fetch follows, because
   * an announcement may be lost. Without announcements the keys are fetched often, so a withdrawn
   * key is removed soon, too.
   */
  setConnected(isConnected: boolean): void {
    if (this.isConnected === isConnected) return;
    this.isConnected = isConnected;
    void this.refresh();
  }

  private async readInTime(read: Promise<void>): Promise<void> {
    if (await endsWithin(read, DATABASE_LIMITS.access)) return;
    throw new Problem('database_unavailable', { cause: 'a change of the keys is not read' });
  }

  private get isEmpty(): boolean {
    return this.keys.size === 0;
  }

  private hasCooledDown(): boolean {
    const { coolDownMs, emptyRetryMs } = this.timing;
    const pause = this.isEmpty || this.fault.isActive ? emptyRetryMs : coolDownMs;
    return performance.now() - this.lastAttemptAt >= pause;
  }

  private async run(signal: AbortSignal): Promise<void> {
    clearTimeout(this.timer);
    this.lastAttemptAt = performance.now();
    // Not awaited: a slow database must not delay requests that need keys.
    void this.dropWithdrawn(signal);
    const problem = await this.replace(signal);
    if (signal.aborted) return;
    this.report(problem);
    const { refreshMs, disconnectedRefreshMs, retryMs, emptyRetryMs } = this.timing;
    const pause = this.isEmpty ? emptyRetryMs : problem === null ? refreshMs : retryMs;
    this.schedule(this.isConnected === false ? Math.min(pause, disconnectedRefreshMs) : pause);
  }

  /** @returns why the set could not be replaced; `null` when it was. */
  private async replace(signal: AbortSignal): Promise<string | null> {
    const { jwtAlgorithm: algorithm } = this.settings;
    try {
      const published = await this.client.getKeys();
      if (signal.aborted) return null;
      this.use(toVerificationKeys(published, { algorithm, held: this.keys }));
      this.fetchedAt = performance.now();
      return this.isEmpty ? `no key that may verify ${algorithm} is published` : null;
    } catch (error) {
      return toReason(error);
    }
  }

  /** While the table cannot be read, nothing changes. */
  private async dropWithdrawn(signal: AbortSignal): Promise<void> {
    const read = () => this.dataSource.query<{ id: string }[]>(SELECT_KEY_IDS).catch(() => null);
    let rows = await read();
    while (rows === null && !signal.aborted) {
      await sleep(this.timing.emptyRetryMs, undefined, { signal, ref: false }).catch(() => {});
      if (!signal.aborted) rows = await read();
    }
    if (rows === null || signal.aborted) return;
    this.withdrawn.look(rows.map(({ id }) => id));
    this.use(this.keys);
    this.unread.end();
  }

  private use(keys: VerificationKeys): void {
    const before = this.keys;
    this.keys = new Map([...keys].filter(([id]) => !this.withdrawn.include(id)));
    for (const key of before.values()) {
      if (!this.holds(key)) for (const listener of this.leaveListeners) listener(key);
    }
  }

  private fetchJson(url: string): Promise<unknown> {
    const { timeoutMs } = this.timing;
    const { signal } = this.attempt;
    return fetchJsonWithin(url, { timeoutMs, largestBody: LARGEST_JWKS, signal });
  }

  /** The auth server may start beside this process: readiness says so, and no warning. */
  private report(problem: string | null): void {
    const isStarting =
      this.fetchedAt === null && performance.now() - this.startedAt < this.timing.startMs;
    if (problem === null) this.fault.end();
    else if (!isStarting) this.fault.begin(problem);
  }

  private schedule(delay: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => void this.refresh(), delay).unref();
  }
}
