import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { KeySet } from '../token/key-set';
import type { VerifiedToken } from '../token/verified-token-cache';
import type { AccessChange } from './access-change';
import { AccessKnowledge } from './access-knowledge';
import { AccessListener } from './access-listener';
import {
  type AccessState,
  type AccessSubject,
  type KnownClient,
  refusalReason,
} from './access-state';
import { AccessStore, readState, type RunQuery } from './access-store';
import { LiveAccess } from './live-access';
import { ProofSender } from './proof-sender';
import { EventLoopTurn } from './event-loop-turn';
import type { Principal } from '../principal/principal';
import { type AccessTokenClaims, DOCS_CLIENT_ID, parseAccessTokenClaims } from '../../../contract';
import { decodeJwtPayload } from '../../../runtime/tokens/jwt-payload';
import { untilAnswerIsDue } from '../../common/answer-time';
import { Problem } from '../../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** The largest number of known sessions of one replica. The 100,000 last used are always kept. */
const CAPACITY = 200_000;

/** The current check: `ACCESS_CHECK`, except that `live` falls back to `strict`. */
export interface AccessReport {
  mode: 'live' | 'strict' | 'token';
  /** The age of the newest proof, in milliseconds; `null` without one. */
  proofAgeMs: number | null;
  knownSessions: number;
  notifications: number;
  loads: number;
  discardedLoads: number;
}

/** Decides whether a token with a valid signature is accepted, by `ACCESS_CHECK`. */
@Injectable()
export class SessionAccess implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('LiveAccess');
  private readonly knowledge: AccessKnowledge;
  private readonly liveAccess: LiveAccess;
  private readonly listener: AccessListener;
  private readonly turn = new EventLoopTurn();
  private wasConnected: boolean | null = null;
  private receiveChange: (change: AccessChange) => void = () => {};
  private receiveEvents: () => void = () => {};
  private measureNotification: (milliseconds: number) => void = () => {};

  constructor(
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    private readonly store: AccessStore,
    private readonly keySet: KeySet,
    sender: ProofSender,
  ) {
    const { accessLease: leaseMs, databaseDirectUrl } = settings;
    this.knowledge = new AccessKnowledge({ leaseMs, capacity: CAPACITY });
    this.liveAccess = new LiveAccess(this.knowledge, (subject) => store.load(subject));
    this.listener = new AccessListener({
      databaseDirectUrl,
      leaseMs,
      knowledge: this.knowledge,
      sender,
      onKeysChanged: () => this.keySet.announce(),
      onChange: (change) => this.receiveChange(change),
      onEvents: () => this.receiveEvents(),
      onReturned: (milliseconds) => this.measureNotification(milliseconds),
      onConnected: () => this.changeConnection(true, 'changes of access are received'),
      onDisconnected: (reason) => this.changeConnection(false, reason),
    });
  }

  onApplicationBootstrap(): void {
    if (this.settings.accessCheck !== 'token') this.listener.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.listener.stop();
  }

  /**
   * @returns the caller, with the role and the scopes in force.
   * @throws {Problem} `invalid_token` when session, user, client or key are no longer in force.
   */
  async judge({ claims, key }: VerifiedToken): Promise<Principal> {
    const { accessCheck } = this.settings;
    if (accessCheck === 'token') return toPrincipal(claims, null);
    const subject = toSubject(claims);
    const state = await this.stateOf(subject);
    // The token was verified before the notifications of this turn were read.
    const read = this.keySet.untilRead();
    if (read) await read;
    if (!this.keySet.holds(key)) throw new Problem('invalid_token', { cause: 'key withdrawn' });
    return admit(claims, { subject, state });
  }

  /**
   * The same for the token of a request that was admitted before, by the state that a statement of
   * its transaction sees. @throws {Problem} as {@link judge}
   */
  async judgeAgain(accessToken: string, run: RunQuery): Promise<Principal> {
    const claims = claimsOf(accessToken);
    if (this.settings.accessCheck === 'token') return toPrincipal(claims, null);
    const subject = toSubject(claims);
    return admit(claims, { subject, state: await readState(subject, run) });
  }

  /**
   * The state behind a token that another resource server asks about. It is always the state in
   * force, also when `ACCESS_CHECK` is `token` for the requests of this API.
   *
   * @returns `null` when session, user or client are no longer in force.
   */
  async inspect(claims: AccessTokenClaims): Promise<AccessState | null> {
    const subject = toSubject(claims);
    const state = await this.stateOf(subject);
    const moment = { subject, issuedAt: claims.iat, now: Date.now() };
    return refusalReason(state, moment) === null ? state : null;
  }

  /** What memory knows of a client; `null`: call {@link loadClient}. */
  async findClient(clientId: string): Promise<KnownClient | null> {
    if (this.settings.accessCheck !== 'live') return null;
    await this.turn.over();
    return this.liveAccess.findKnown(toClientSubject(clientId))?.client ?? null;
  }

  async loadClient(clientId: string): Promise<KnownClient | null> {
    return (await this.stateOf(toClientSubject(clientId)))?.client ?? null;
  }

  private async stateOf(subject: AccessSubject): Promise<AccessState | null> {
    if (this.settings.accessCheck !== 'live') return this.store.load(subject);
    await this.turn.over();
    return this.liveAccess.findKnown(subject) ?? this.liveAccess.stateOf(subject);
  }

  /**
   * Waits until this replica has received every committed change. When the answer is due before, the
   * replica trusts nothing that it knows until a proof returns.
   */
  async catchUp(): Promise<void> {
    if (this.settings.accessCheck !== 'live') return;
    const isCaughtUp = await untilAnswerIsDue(() => this.listener.catchUp());
    if (!isCaughtUp) this.knowledge.lose();
  }

  /** A change of access has arrived, and {@link judge} knows it; not called while notifications do not arrive. */
  onChange(receive: (change: AccessChange) => void): void {
    this.receiveChange = receive;
  }

  /** The database has announced access events; not called while notifications do not arrive. */
  onEvents(receive: () => void): void {
    this.receiveEvents = receive;
  }

  /** Called with the time from a statement to its notification, some times in each lease. */
  onNotification(measure: (milliseconds: number) => void): void {
    this.measureNotification = measure;
  }

  report(): AccessReport {
    const { accessCheck } = this.settings;
    const proofAgeMs = this.knowledge.proofAgeMs();
    return {
      mode: accessCheck === 'live' && !this.knowledge.isTrusted() ? 'strict' : accessCheck,
      proofAgeMs: proofAgeMs === null ? null : Math.round(proofAgeMs),
      knownSessions: this.knowledge.knownSessions,
      loads: this.store.loads,
      ...this.knowledge.counters,
    };
  }

  /** Logged once for each change, not for each request. */
  private changeConnection(isConnected: boolean, reason: string): void {
    if (this.wasConnected === isConnected) return;
    this.wasConnected = isConnected;
    this.keySet.setConnected(isConnected);
    if (isConnected) this.logger.log(`${reason}: ${this.describe('live')}`);
    else this.logger.warn(`${reason}: ${this.describe('strict')}`);
  }

  private describe(mode: 'live' | 'strict'): string {
    if (this.settings.accessCheck === 'strict') return 'access is checked in strict mode anyway';
    return mode === 'live'
      ? 'access is checked live'
      : 'access costs a query for each request until changes are received ' +
          '(behind a pooler in transaction mode, set DATABASE_DIRECT_URL)';
  }
}

/** The token was verified when its request was admitted. */
function claimsOf(accessToken: string): AccessTokenClaims {
  const parsed = parseAccessTokenClaims(decodeJwtPayload(accessToken));
  if (!parsed.ok) throw new Problem('invalid_token', { cause: parsed.reason });
  return parsed.claims;
}

/** @throws {Problem} `invalid_token` when the state gives no access. */
function admit(
  claims: AccessTokenClaims,
  { subject, state }: { subject: AccessSubject; state: AccessState | null },
): Principal {
  const reason = refusalReason(state, { subject, issuedAt: claims.iat, now: Date.now() });
  if (!state || reason !== null) throw new Problem('invalid_token', { cause: reason });
  return toPrincipal(claims, state);
}

function toSubject(claims: AccessTokenClaims): AccessSubject {
  const { kind, sub, clientId } = claims;
  if (kind === 'client') return toClientSubject(claims.clientId);
  return { sessionId: claims.sid, userId: sub, clientId, grantedAt: claims.grantedAt };
}

function toClientSubject(clientId: string): AccessSubject {
  return { sessionId: null, userId: null, clientId };
}

/** @param state the state in force; `null`: it is not read, and the claims of the token apply. */
function toPrincipal(claims: AccessTokenClaims, state: AccessState | null): Principal {
  const { clientId } = claims;
  if (claims.kind === 'client') {
    const scopes = stillAllowed(claims.scopes, state?.client?.ownScopes);
    return { kind: 'client', clientId: claims.clientId, scopes };
  }
  return {
    kind: 'user',
    userId: claims.sub,
    sessionId: claims.sid,
    role: state?.user?.role ?? claims.role,
    clientId,
    isFirstParty: clientId === DOCS_CLIENT_ID || (state?.client?.firstParty ?? false),
    scopes: stillAllowed(claims.scopes, state?.client?.scopes),
    impersonatorId: claims.impersonatorId,
    profile: state?.user?.profile ?? null,
  };
}

function stillAllowed(granted: readonly string[], allowed = granted): readonly string[] {
  return granted.length === 0 ? granted : granted.filter((scope) => allowed.includes(scope));
}
