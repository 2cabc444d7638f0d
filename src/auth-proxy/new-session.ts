import type { AuthServerAnswer } from './auth-server.client';
import { ACCESS_TOKEN_HEADER, SESSION_USER_FIELD } from '../../contract';
import type { ProblemCode } from '../common/problems/problem-codes';
import type { CallerContext } from '../http/request/caller-context';
import type { ProfileColumns } from '../users/user.mapper';

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

/** What the auth server adds to an answer that begins a session. */
export interface GivenAccess {
  accessToken: string;
  user: ProfileColumns;
}

/**
 * `null`: the auth server does not know that the request comes from the API (`INTERNAL_SECRET`), or
 * it runs a version that sends no user.
 */
export function findGivenAccess({ headers, body }: AuthServerAnswer): GivenAccess | null {
  const accessToken = headers.get(ACCESS_TOKEN_HEADER);
  const user = body[SESSION_USER_FIELD];
  return accessToken === null || !user ? null : { accessToken, user: toColumns(user) };
}

type Times = 'banExpires' | 'createdAt' | 'updatedAt';

/** JSON has texts for times. */
function toColumns(user: unknown): ProfileColumns {
  const { banExpires, ...rest } = user as Omit<ProfileColumns, Times> &
    Record<Exclude<Times, 'banExpires'>, string> & { banExpires: string | null };
  return {
    ...rest,
    banExpires: banExpires === null ? null : new Date(banExpires),
    createdAt: new Date(rest.createdAt),
    updatedAt: new Date(rest.updatedAt),
  };
}
