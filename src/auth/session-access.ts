import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { KeySet } from './key-set';
import { AccessKnowledge } from './live-access/access-knowledge';
import { AccessListener } from './live-access/access-listener';
import { type AccessState, refusalReason } from './live-access/access-state';
import { AccessStore } from './live-access/access-store';
import { LiveAccess } from './live-access/live-access';
import { Turn } from './live-access/turn';
import type { Principal } from './principal';
import type { AccessTokenClaims } from '../../auth-server/contract';
import { Problem } from '../common/problem';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

/** Sessions that one replica knows at most, of which the 100,000 used last are sure of a place. */
const CAPACITY = 200_000;

/** How access is judged right now: `ACCESS_CHECK`, except that `live` falls back to `strict`. */
export interface AccessReport {
  mode: 'live' | 'strict' | 'token';
  /** Age of the newest proof that changes are heard, in milliseconds; `null` without one. */
  proofAgeMs: number | null;
  knownSessions: number;
  notifications: number;
  loads: number;
  discardedLoads: number;
}

/** Decides what a valid signature is worth, after `ACCESS_CHECK`. */
@Injectable()
export class SessionAccess implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('LiveAccess');
  private readonly knowledge: AccessKnowledge;
  private readonly liveAccess: LiveAccess;
  private readonly listener: AccessListener;
  private readonly turn = new Turn();
  private wasHearing: boolean | null = null;

  constructor(
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    private readonly store: AccessStore,
    private readonly keySet: KeySet,
  ) {
    const { accessLease: leaseMs, databaseDirectUrl } = settings;
    this.knowledge = new AccessKnowledge({ leaseMs, capacity: CAPACITY });
    this.liveAccess = new LiveAccess(this.knowledge, (sessionId) => store.load(sessionId));
    this.listener = new AccessListener({
      databaseDirectUrl,
      leaseMs,
      knowledge: this.knowledge,
      store,
      onKeysChanged: () => void this.keySet.refresh(),
      onHearing: () => this.changeHearing(true, 'changes of access are heard'),
      onDeaf: (reason) => this.changeHearing(false, reason),
    });
  }

  onApplicationBootstrap(): void {
    if (this.settings.accessCheck !== 'token') this.listener.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.listener.stop();
  }

  /**
   * @returns the caller, with the role in force.
   * @throws {Problem} `invalid_token` when session or user are no longer in force.
   */
  async judge({ sub: userId, sid: sessionId, role }: AccessTokenClaims): Promise<Principal> {
    if (this.settings.accessCheck === 'token') return { userId, sessionId, role };
    const state = await this.stateOf(sessionId, userId);
    const reason = refusalReason(state, { userId, now: Date.now() });
    if (!state || reason !== null) throw new Problem('invalid_token', { cause: reason });
    return { userId, sessionId, role: state.user.role };
  }

  /** Waits until this replica has heard everything that is committed by now; returns soon. */
  async catchUp(): Promise<void> {
    if (this.settings.accessCheck === 'live') await this.listener.catchUp();
  }

  report(): AccessReport {
    const { accessCheck } = this.settings;
    const proofAgeMs = this.knowledge.proofAgeMs();
    return {
      mode: accessCheck === 'live' && !this.knowledge.isTrusted() ? 'strict' : accessCheck,
      proofAgeMs: proofAgeMs === null ? null : Math.round(proofAgeMs),
      knownSessions: this.knowledge.knownSessions,
      ...this.knowledge.counters,
    };
  }

  private async stateOf(sessionId: string, userId: string): Promise<AccessState | null> {
    if (this.settings.accessCheck === 'strict') return this.store.load(sessionId);
    await this.turn.over();
    return this.liveAccess.stateOf(sessionId, userId);
  }

  /** Said once for each change, not for each request. */
  private changeHearing(isHearing: boolean, reason: string): void {
    if (this.wasHearing === isHearing) return;
    this.wasHearing = isHearing;
    this.keySet.setHeard(isHearing);
    if (isHearing) this.logger.log(`${reason}: ${this.describe('live')}`);
    else this.logger.warn(`${reason}: ${this.describe('strict')}`);
  }

  private describe(mode: 'live' | 'strict'): string {
    if (this.settings.accessCheck === 'strict') return 'access is checked in strict mode anyway';
    return mode === 'live'
      ? 'access is checked live'
      : 'access costs a query for each request until changes are heard ' +
          '(behind a pooler in transaction mode, set DATABASE_DIRECT_URL)';
  }
}
