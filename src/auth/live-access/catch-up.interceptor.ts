import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { concatMap, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../principal/current-user.decorator';
import { SessionAccess } from './session-access';

/**
 * Holds the answer to a signed-in caller's change until this replica has heard it: the
 * caller's next request here is judged by what the last one did. Other replicas hear it as
 * soon, but nobody waits for them.
 */
@Injectable()
export class CatchUpInterceptor implements NestInterceptor {
  constructor(private readonly access: SessionAccess) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const isChange = request.method !== 'GET' && request.method !== 'HEAD';
    if (!isChange || !request.user) return next.handle();
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        await this.access.catchUp();
        return answer;
      }),
    );
  }
}
