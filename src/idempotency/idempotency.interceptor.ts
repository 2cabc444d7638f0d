import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, concatMap, type Observable, of } from 'rxjs';
import { IdempotencyStore } from './idempotency.store';
import { parseIdempotencyKey } from './idempotency-key';
import { SealedRequest } from './sealed-request';
import {
  isNothingDone,
  repeatAnswer,
  type StoredAnswer,
  toStoredAnswer,
  toStoredProblem,
} from './stored-answer';
import { callerIdOf } from '../auth/principal/caller-id';
import type { AuthenticatedRequest } from '../auth/principal/current-user.decorator';
import { untilAnswerIsDue } from '../common/answer-time';
import { IDEMPOTENCY_KEY_HEADER } from '../common/openapi/idempotent.decorator';
import { Problem } from '../common/problems/problem';
import { runRecorded, type WorkRecord } from '../common/work-record';
import { setConnectionOwner } from '../../runtime/database/database-scope';
import { InstallationSecret } from '../database/installation-secret';

type Request = FastifyRequest & AuthenticatedRequest;

/**
 * Answers a repeated request with the stored answer, on routes marked `@Idempotent()`
 * (draft-ietf-httpapi-idempotency-key-header). It runs after the guards, so a caller who has lost
 * access gets no stored answer, and before the body is checked.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Idempotency');

  constructor(
    private readonly store: IdempotencyStore,
    private readonly secret: InstallationSecret,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const header = request.headers[IDEMPOTENCY_KEY_HEADER.toLowerCase()];
    if (header === undefined) return next.handle();
    const sealed = await this.seal(request, parseIdempotencyKey(header));
    const claim = await this.store.claim(sealed);
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    switch (claim.kind) {
      case 'running':
        throw new Problem('idempotency_in_progress', { headers: { 'retry-after': '1' } });
      case 'in-doubt':
        throw new Problem('outcome_unknown');
      case 'another-request':
        throw new Problem('idempotency_key_reused');
      case 'answered':
        return of(repeatAnswer(sealed.open(claim.answer) as StoredAnswer, reply));
      case 'mine':
        return this.run(next, { sealed, attempt: claim.attempt, reply });
    }
  }

  private run(
    next: CallHandler,
    { sealed, attempt, reply }: { sealed: SealedRequest; attempt: string; reply: FastifyReply },
  ): Observable<unknown> {
    const record: WorkRecord = { hasBegun: false };
    const keep = (answer: StoredAnswer) => this.store.keep(sealed, attempt, sealed.seal(answer));
    return runRecorded(record, () => next.handle()).pipe(
      catchError(async (error: unknown) => {
        const answer = record.hasBegun ? null : toStoredProblem(error);
        if (answer) await this.write(() => keep(answer));
        else if (isNothingDone(error, record))
          await this.write(() => this.store.release(sealed, attempt));
        else await this.write(() => this.store.markInDoubt(sealed, attempt));
        throw error;
      }),
      concatMap(async (body: unknown) => {
        await this.write(() => keep(toStoredAnswer(body, reply)));
        return body;
      }),
    );
  }

  /**
   * The caller gets the response also when it is not stored, or not in time. The row is in doubt after
   * its lease. Other requests of the caller are not before it.
   */
  private async write(change: () => Promise<void>): Promise<void> {
    setConnectionOwner(null);
    await untilAnswerIsDue(() =>
      change().catch((error: unknown) =>
        this.logger.warn(`an answer is not kept: ${String(error)}`),
      ),
    );
  }

  private async seal(request: Request, key: string): Promise<SealedRequest> {
    const { method, url, body } = request;
    const installationKey = await this.secret.deriveKey('idempotency');
    return new SealedRequest(installationKey, {
      caller: callerIdOf(request),
      key,
      method,
      url,
      body,
    });
  }
}
