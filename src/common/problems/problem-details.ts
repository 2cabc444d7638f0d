import { HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findRefusal, isDatabaseUnavailable } from '../../../runtime/database/database-errors';
import { ShareError } from '../../../runtime/database/shares';
import { toReason } from '../../../runtime/fault-state';
import { Problem } from './problem';
import type { ProblemCode } from './problem-codes';
import { DATABASE_REFUSALS, REQUEST_ID_HEADER } from '../../../contract';
import type { ApiSettings } from '../../config/api-settings';
import { resourceMetadataUrl } from '../../config/resource-metadata';

/** The problem for a status of Fastify or Nest. */
const CODE_BY_STATUS: Record<number, ProblemCode> = {
  404: 'not_found',
  413: 'body_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
};

/** The problem for a change that a trigger refuses. */
const CODE_BY_REFUSAL: Record<string, ProblemCode> = {
  [DATABASE_REFUSALS.lastAdministrator]: 'last_admin',
};

/** Requests of the same caller were before this one for seconds, and end soon. */
const SHARE_RETRY_S = '1';

/** Converts an error to a problem. The text of a foreign error is only logged. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ShareError) {
    const headers = { 'retry-after': SHARE_RETRY_S };
    return new Problem('too_many_requests', { headers, cause: error });
  }
  if (isDatabaseUnavailable(error)) return new Problem('database_unavailable', { cause: error });
  const refused = CODE_BY_REFUSAL[findRefusal(error) ?? ''];
  if (refused) return new Problem(refused, { cause: error });
  const status = statusOf(error);
  const code = CODE_BY_STATUS[status] ?? (status < 500 ? 'malformed_request' : 'internal_error');
  return new Problem(code, { cause: error });
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}

export interface ProblemAnswer {
  problem: Problem;
  request: FastifyRequest;
  reply: FastifyReply;
  settings: ApiSettings;
}

/** Answers with `application/problem+json` (RFC 9457) and logs the private reason. */
export function sendProblem({ problem, request, reply, settings }: ProblemAnswer): void {
  // A client that has left is no fault: its connection is closed before the answer.
  if (!reply.raw.destroyed) logProblem(request, problem);
  // Only the path: a query can contain personal data.
  const instance = request.url.split('?', 1)[0]!;
  const body = toProblemBody(problem, { ...settings, instance, requestId: request.id });
  void reply
    .code(problem.status)
    .headers({
      'cache-control': 'no-store',
      [REQUEST_ID_HEADER]: request.id,
      ...withMetadata(problem.headers, settings),
    })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** A challenge leads clients to the authorization server (RFC 9728, section 5.1). */
function withMetadata(headers: Problem['headers'], settings: ApiSettings): Record<string, string> {
  const challenge = headers['www-authenticate'];
  const place = resourceMetadataUrl(settings);
  if (challenge === undefined || place === null) return headers;
  const separator = challenge === 'Bearer' ? ' ' : ', ';
  return { ...headers, 'www-authenticate': `${challenge}${separator}resource_metadata="${place}"` };
}

/** Members of RFC 9457 and our own, in this order on the wire. */
export function toProblemBody(
  { code, title, status, detail, errors }: Problem,
  // The problem's `type` leads to a page of the API.
  { apiUrl, instance, requestId }: { apiUrl: string; instance: string; requestId: string },
) {
  const type = `${apiUrl}/problems/${code}`;
  return { type, title, status, detail, instance, code, requestId, ...(errors && { errors }) };
}

function logProblem(request: FastifyRequest, { code, status, title, cause }: Problem): void {
  // Each request fails while the database is unavailable: a stack in each line says nothing more.
  if (code === 'database_unavailable') request.log.error({ code, reason: toReason(cause) }, title);
  else if (status >= 500) request.log.error({ code, err: cause }, title);
  else request.log.debug({ code, reason: String(cause) }, title);
}
