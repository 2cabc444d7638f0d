import type { AuthServerAnswer } from './auth-server.client';
import type { ProblemCode } from '../common/problems/problem-codes';
import type { CallerContext } from '../http/request/caller-context';

/** A session that an answer of the auth server begins. */
export interface NewSession {
  answer: AuthServerAnswer;
  sessionToken: string;
  userId: string;
  caller: CallerContext;
  /** The problem when the session has already ended. */
  endedAs: ProblemCode;
}

export function toNewSession(
  answer: AuthServerAnswer,
  { caller, endedAs }: Pick<NewSession, 'caller' | 'endedAs'>,
): NewSession {
  const { id } = (answer.body.user ?? {}) as { id?: unknown };
  const sessionToken = readNewToken(answer) ?? String(answer.body.token);
  return { answer, sessionToken, userId: String(id), caller, endedAs };
}

/** The token of a session that has begun, or one that replaces the token of a former secret. */
export function readNewToken({ headers }: AuthServerAnswer): string | null {
  return headers.get('set-auth-token');
}
