import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, toProblem } from './problem-details';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** Answers every error of the API as `application/problem+json`, and in no other form. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  constructor(@Inject(API_SETTINGS) private readonly settings: ApiSettings) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem({
      problem: toProblem(error),
      request: http.getRequest<FastifyRequest>(),
      reply: http.getResponse<FastifyReply>(),
      settings: this.settings,
    });
  }
}
