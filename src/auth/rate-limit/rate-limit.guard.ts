import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type Type,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { VERSION_METADATA } from '@nestjs/common/constants';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setConnectionOwner } from '../../../runtime/database/database-scope';
import { toClientNetwork } from '../../../runtime/network/client-network';
import { RateLimit, type RateLimitState } from './rate-limit';
import { SharedCounters } from './shared-counters';
import { clientAddressOf } from '../../http/request/client-address';
import { callerIdOf } from '../principal/caller-id';
import type { AuthenticatedRequest } from '../principal/current-user.decorator';
import { Problem } from '../../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

const WINDOW_SECONDS = 60;

/** For a user in all sessions together, or a client. */
const CALLER_QUOTA = 600;

/**
 * For an IP address on routes without a token, as on other public routes: many users can share one, and
 * one of them must not refuse the others a renewal with few requests. The auth server also limits
 * attempts for each account.
 */
const ADDRESS_QUOTA = 3_000;

/**
 * Global, between {@link JwtAuthGuard} and {@link RolesGuard}: limits the requests of a caller to
 * the versioned API and sends `RateLimit` and `RateLimit-Policy`. A request with a refused token
 * is not counted: a limit by IP address would lock out the other users of that address. From here on,
 * the request uses the share of its user, service account or network of the database connections, also
 * without `RATE_LIMITS`.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly callers: RateLimit;
  private readonly addresses: RateLimit;
  /** Metadata does not change: it is read once for each controller. */
  private readonly limited = new Map<Type, boolean>();

  constructor(
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    { redis }: SharedCounters,
  ) {
    const common = { windowSeconds: WINDOW_SECONDS, redis };
    const factor = settings.rateLimits?.quotas ?? 1;
    this.callers = new RateLimit({ name: 'caller', quota: CALLER_QUOTA * factor, ...common });
    this.addresses = new RateLimit({ name: 'address', quota: ADDRESS_QUOTA * factor, ...common });
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (!this.isLimited(context.getClass())) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & AuthenticatedRequest>();
    const caller = request.user ? callerIdOf(request) : null;
    const network = request.user ? null : toClientNetwork(clientAddressOf(request));
    // A user has one share through all clients.
    setConnectionOwner(network ?? request.user!.userId ?? request.user!.clientId);
    if (this.settings.rateLimits === null) return true;
    const limit = caller === null ? this.addresses : this.callers;
    const state = limit.count(caller ?? network!);
    const reply = http.getResponse<FastifyReply>();
    // A promise only with Redis.
    if (state instanceof Promise) return state.then((known) => admit(known, { limit, reply }));
    return admit(state, { limit, reply });
  }

  private isLimited(controller: Type): boolean {
    const known = this.limited.get(controller);
    if (known !== undefined) return known;
    this.limited.set(controller, isLimited(controller));
    return isLimited(controller);
  }
}

/** @throws {Problem} `too_many_requests` */
function admit(
  state: RateLimitState,
  { limit, reply }: { limit: RateLimit; reply: FastifyReply },
): true {
  void reply.header('ratelimit-policy', limit.policy).header('ratelimit', limit.describe(state));
  if (state.isAllowed) return true;
  const headers = { 'retry-after': String(state.resetSeconds) };
  throw new Problem('too_many_requests', { headers });
}

/** Only the versioned API is limited; health, metrics and the start page are not. */
export function isLimited(controller: Type): boolean {
  return Reflect.getMetadata(VERSION_METADATA, controller) !== VERSION_NEUTRAL;
}
