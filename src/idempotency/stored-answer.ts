import type { FastifyReply } from 'fastify';
import { Problem } from '../common/problems/problem';
import type { ProblemCode } from '../common/problems/problem-codes';
import type { WorkRecord } from '../common/work-record';
import { ShareError } from '../../runtime/database/shares';

/** Headers of the answer that a repeated answer has too. */
const KEPT_HEADERS = ['location', 'etag', 'link'];

/** The answer that a repeated request gets. */
export type StoredAnswer =
  | { status: number; headers: Record<string, string>; body?: unknown }
  | { code: ProblemCode; detail: string; headers: Record<string, string> };

export function toStoredAnswer(body: unknown, reply: FastifyReply): StoredAnswer {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return { status: reply.statusCode, headers, body };
}

/**
 * A refusal is stored when it describes the state: not found, conflict, not allowed. @returns
 * `null` for an invalid request, a limit, and a failure of the server.
 */
export function toStoredProblem(error: unknown): StoredAnswer | null {
  if (!(error instanceof Problem)) return null;
  const { code, status, detail, headers } = error;
  return [403, 404, 409, 412].includes(status) ? { code, detail, headers } : null;
}

/**
 * Whether an error proves that the request had no effect: a refusal, too many requests of the caller
 * before this one, or an auth server that did not accept the connection. A failure of the database proves nothing: the transaction may be committed.
 */
export function isNothingDone(error: unknown, { hasBegun }: WorkRecord): boolean {
  if (hasBegun) return false;
  // It had no connection.
  if (error instanceof ShareError) return true;
  if (!(error instanceof Problem)) return false;
  return error.status < 500 || error.code === 'auth_server_unavailable';
}

/** @throws {Problem} when the answer was one. */
export function repeatAnswer(answer: StoredAnswer, reply: FastifyReply): unknown {
  void reply.header('idempotency-replayed', 'true');
  if ('code' in answer) throw new Problem(answer.code, answer);
  void reply.code(answer.status).headers(answer.headers);
  return answer.body;
}
