import { APIError, getSessionFromCtx } from 'better-auth/api';
import { parseCookies } from 'better-auth/cookies';
import { bearer } from 'better-auth/plugins';
import type { Pool, PoolClient } from 'pg';
import type { HookContext } from './hook-types';
import { ACTING_CLIENT_HEADER } from '../../contract';
import { repeatOnConflict } from '../../runtime/database/repeated-transaction';

/** The hook of the bearer plugin: it turns a valid token into the session cookie. */
const [readBearer] = bearer().hooks.before;

/**
 * The user who sends the request, for hooks before an endpoint. These hooks do not see the headers
 * that the bearer plugin sets, so its hook runs here again. Its own code decides how the header is
 * read and that a token precedes a cookie.
 */
export async function callerOf(ctx: HookContext) {
  return (await getSessionFromCtx({ ...ctx, headers: await headersOf(ctx) }))?.user ?? null;
}

/**
 * The row of the session that the request names, by cookie or `Authorization`. The signature is
 * not verified and no cookie is answered: only to refuse a request.
 */
export async function findNamedSession(ctx: HookContext): Promise<Record<string, unknown> | null> {
  const { adapter, authCookies } = ctx.context;
  const { name } = authCookies.sessionToken;
  const bearerCookies = (await readBearerHeaders(ctx))?.get('cookie');
  // Endpoints read cookies with `getCookie`. Of two with the same name, `parseCookies` takes the other.
  const signed = bearerCookies ? parseCookies(bearerCookies).get(name) : ctx.getCookie(name);
  if (!signed) return null;
  const [token = ''] = decode(signed).split('.');
  return adapter.findOne({ model: 'session', where: [{ field: 'token', value: token }] });
}

/**
 * Whether a request has begun a session. Better-Auth also reports a session as new that the request
 * has only extended, once a day, with any answer: it has the id of the session of the request.
 */
export function beginsSession({ newSession, session }: HookContext['context']): boolean {
  return newSession !== null && newSession.session.id !== session?.session.id;
}

const ownAnswers = new WeakMap<object, unknown>();

/** Called before the answer of an endpoint is replaced by what follows a sign-in. */
export function keepOwnAnswer(context: HookContext['context']): void {
  ownAnswers.set(context, context.returned);
}

/**
 * What the endpoint itself has answered, for hooks that ask whether it succeeded. An authorization
 * that continues after a sign-in replaces the answer, by a redirect that is thrown as an error too,
 * and its parameters are those of the caller.
 */
export function ownAnswerOf(context: HookContext['context']): unknown {
  return ownAnswers.has(context) ? ownAnswers.get(context) : context.returned;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

async function headersOf(ctx: HookContext): Promise<Headers | undefined> {
  return (await readBearerHeaders(ctx)) ?? ctx.headers;
}

/** The headers with the session of a valid bearer token as their only session cookie. */
async function readBearerHeaders(ctx: HookContext): Promise<Headers | undefined> {
  return (await readBearer?.handler({ ...ctx, returnHeaders: false }))?.context.headers;
}

/** Better-Auth's type of a user has no role. */
export function isAdministrator(user: Record<string, unknown> | null): boolean {
  return user?.role === 'admin';
}

/** @throws {APIError} 403, as Better-Auth's admin plugin does. */
export function assertAdministrator(user: Record<string, unknown>): void {
  if (!isAdministrator(user)) throw new APIError('FORBIDDEN', ADMINISTRATORS_ONLY);
}

/** The API tells these from refusals of itself, which are faults. */
const SESSION_ENDED = { code: 'SESSION_ENDED', message: 'The session has ended.' };
const ROLE_LOST = { code: 'ROLE_LOST', message: 'Only administrators may do this.' };

const FIND_CALLER = `
  SELECT u.role FROM session s JOIN "user" u ON u.id = s.user_id
   WHERE s.id = $1 AND s.expires_at > clock_timestamp()`;

/**
 * A write of an administrator that does not go through Better-Auth's adapter. It can wait for a
 * lock, so the administrator is judged again after it and before its commit. That needs a statement
 * of its own, which sees what was committed in the meantime (READ COMMITTED).
 *
 * @throws {APIError} as {@link assertAdministratorInForce}; then nothing is written.
 */
export async function writeAsAdministrator<T>(
  { pool, sessionId }: { pool: Pool; sessionId: string },
  write: (connection: PoolClient) => Promise<T>,
): Promise<T> {
  return repeatOnConflict(() => writeOnce({ pool, sessionId }, write));
}

async function writeOnce<T>(
  { pool, sessionId }: { pool: Pool; sessionId: string },
  write: (connection: PoolClient) => Promise<T>,
): Promise<T> {
  const connection = await pool.connect();
  try {
    await connection.query('BEGIN');
    const result = await write(connection);
    const { rows } = await connection.query<{ role: string }>(FIND_CALLER, [sessionId]);
    assertAdministratorInForce(rows[0] ?? null);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    connection.release();
  }
}

/**
 * @param user of a session in force.
 * @throws {APIError} 401 without one; 403 when it is no administrator.
 */
export function assertAdministratorInForce(user: Record<string, unknown> | null): void {
  if (!user) throw new APIError('UNAUTHORIZED', SESSION_ENDED);
  if (!isAdministrator(user)) throw new APIError('FORBIDDEN', ROLE_LOST);
}

/**
 * The client for which the API calls an endpoint that is for the API alone: no other caller can
 * send the header. @throws {APIError} 403
 */
export function assertActingClient({ headers }: Pick<HookContext, 'headers'>): string {
  const clientId = headers?.get(ACTING_CLIENT_HEADER);
  if (!clientId) throw new APIError('FORBIDDEN', API_ONLY);
  return clientId;
}

const API_ONLY = { code: 'FORBIDDEN', message: 'Only the API may do this, for a client.' };

const ADMINISTRATORS_ONLY = { code: 'FORBIDDEN', message: 'Only administrators may do this.' };

/** As Better-Auth's admin plugin answers. */
export function noSuchUser(): APIError {
  return new APIError('NOT_FOUND', { code: 'USER_NOT_FOUND', message: 'User not found' });
}

/** The user whose password is set with the code of a mail; `null`: the code is not valid. */
export async function ownerOfResetToken({ body, query, context }: HookContext) {
  const token = fieldOf(body, 'token') || fieldOf(query, 'token');
  const { internalAdapter } = context;
  const verification = await internalAdapter.findVerificationValue(`reset-password:${token}`);
  return verification ? internalAdapter.findUserById(verification.value) : null;
}

/** A sign-in that waits for its second step. */
export interface Challenge {
  /** The id of the user. */
  value: string;
  expiresAt: Date;
  basis?: string | null;
}

/**
 * The challenge in force that the request names. Better-Auth also finds one that has expired: its
 * code would be used up, and an attempt counted. @returns `null` when there is none.
 */
export async function findChallenge(ctx: HookContext): Promise<Challenge | null> {
  const identifier = await readChallengeCookie(ctx);
  if (!identifier) return null;
  const challenge: Challenge | null =
    await ctx.context.internalAdapter.findVerificationValue(identifier);
  return challenge && challenge.expiresAt.getTime() > Date.now() ? challenge : null;
}

export function readChallengeCookie(ctx: HookContext) {
  const { name } = ctx.context.createAuthCookie('two_factor');
  return ctx.getSignedCookie(name, ctx.context.secret);
}

/** A field of an unchecked body; empty when it is no text. */
export function fieldOf(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}
