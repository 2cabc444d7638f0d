import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AccessRefusal } from '../../express/access';

/** The code is public, the reason is not (RFC 6750, section 3.1). */
@Catch(AccessRefusal)
export class AccessRefusalFilter implements ExceptionFilter<AccessRefusal> {
  catch({ status, code }: AccessRefusal, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (status === 401) {
      const error = code === 'token_required' ? '' : ' error="invalid_token"';
      void reply.header('www-authenticate', `Bearer${error}`);
    }
    void reply.status(status).send({ code });
  }
}
