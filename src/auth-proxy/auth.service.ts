import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Acting, ActingAsUser } from '../auth/principal/acting';
import type {
  SessionAndUser,
  SignedIn,
  SignIn,
  SignUp,
  Tokens,
  VerificationRequired,
} from './auth.schemas';
import { type AuthServerAnswer, AuthServerClient } from './auth-server.client';
import type { CallerContext } from '../http/request/caller-context';
import type { UserPrincipal } from '../auth/principal/principal';
import { findChallenge } from './challenge';
import type { TwoFactorRequired } from './second-step.schemas';
import { toSession } from '../users/session.mapper';
import { toUser } from '../users/user.mapper';
import { decodeJwtPayload } from '../../runtime/jwt-payload';
import { recordAuditEvent } from '../audit/audit-trail';
import { Problem } from '../common/problems/problem';
import { SessionEntity } from '../database/entities/session.entity';
import { UserEntity } from '../database/entities/user.entity';

/** What Better-Auth's error codes mean to our callers; its texts never reach them. */
const PROBLEM_BY_CODE: Record<string, () => Problem> = {
  INVALID_EMAIL_OR_PASSWORD: () => new Problem('invalid_credentials'),
  CREDENTIALS_CHANGED: () => new Problem('invalid_credentials'),
  BANNED_USER: () => new Problem('banned'),
  USER_REQUIRED: () => new Problem('user_required'),
  EMAIL_NOT_VERIFIED: () => new Problem('email_not_verified'),
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: () => new Problem('email_taken'),
  // Two sign-ups with one e-mail at the same time: the unique key decided.
  FAILED_TO_CREATE_USER: () => new Problem('email_taken'),
  INVALID_EMAIL: () => invalidField('/email', 'Must be an e-mail address'),
  INVALID_VALUE: () => invalidField('', 'A value cannot be stored'),
  PASSWORD_TOO_SHORT: () => invalidField('/password', 'Is too short'),
  PASSWORD_TOO_LONG: () => invalidField('/password', 'Is too long'),
  PASSWORD_TOO_COMMON: () =>
    invalidField('/password', 'Is among the first passwords that are guessed: choose a longer one'),
  PASSWORD_BREACHED: () =>
    invalidField('/password', 'Is known from a data breach of another service: choose another one'),
};

function invalidField(pointer: string, detail: string): Problem {
  return new Problem('validation_failed', { errors: [{ pointer, detail }] });
}

/** The characters and the length of a refresh token; any other string cannot be one. */
const REFRESH_TOKEN = /^[\x21-\x7e]{1,512}$/;

/** Sign-in flows: done by the auth server, shaped here. */
@Injectable()
export class AuthService {
  constructor(
    private readonly authServer: AuthServerClient,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  /** @throws {Problem} `email_taken`, or as {@link AuthServerClient.call} */
  async signUp(input: SignUp, caller: CallerContext): Promise<SignedIn | VerificationRequired> {
    const path = '/sign-up/email';
    const answer = await this.authServer.call({ method: 'POST', path, body: input, caller });
    assertSucceeded(answer);
    // Without a session the address must be proved first; the same answer for a taken one.
    if (typeof answer.body.token !== 'string') return { verificationRequired: true };
    return this.toSignedIn(signInOf(answer, caller));
  }

  /** @throws {Problem} `invalid_credentials`, `banned`, `email_not_verified`, or as the client's */
  async signIn(input: SignIn, caller: CallerContext): Promise<SignedIn | TwoFactorRequired> {
    const path = '/sign-in/email';
    const answer = await this.authServer.call({ method: 'POST', path, body: input, caller });
    assertSucceeded(answer);
    return findChallenge(answer) ?? this.toSignedIn(signInOf(answer, caller));
  }

  /** @throws {Problem} `invalid_refresh_token`, or as {@link AuthServerClient.call} */
  async refresh(refreshToken: string, caller: CallerContext): Promise<Tokens> {
    const tokens = REFRESH_TOKEN.test(refreshToken)
      ? await this.issueTokens(refreshToken, caller)
      : null;
    if (!tokens) throw new Problem('invalid_refresh_token');
    return tokens;
  }

  /** Ends the caller's session. A session that is gone already is no error. */
  async signOut(acting: ActingAsUser): Promise<void> {
    const { userId, sessionId: id, clientId } = acting.principal;
    await this.dataSource.transaction(async (manager) => {
      const row = await manager.findOneBy(SessionEntity, { id });
      if (!row) return;
      const { impersonatedBy: impersonatorId } = row;
      const { affected } = await manager.delete(SessionEntity, { id });
      // A concurrent request has ended the session and recorded the event.
      if (!affected) return;
      await recordAuditEvent(manager, {
        action: impersonatorId === null ? 'user.signed_out' : 'impersonation.stopped',
        acting: { ...acting, principal: { userId, clientId, impersonatorId } },
        subject: { type: 'user', id: userId },
      });
    });
  }

  async getSession({ sessionId }: UserPrincipal): Promise<SessionAndUser> {
    const row = await this.dataSource.manager.findOne(SessionEntity, {
      where: { id: sessionId },
      relations: { user: true },
    });
    if (!row?.user) throw new Problem('invalid_token', { cause: 'session has ended' });
    return { session: toSession(row, sessionId), user: toUser(row.user) };
  }

  /**
   * Calls the auth server for an operation with credentials, within the user's own session:
   * Better-Auth checks the permission again. A service account has no session and can use
   * only the public endpoints. The auth server records the client that acts.
   *
   * @throws {Problem} what the auth server's refusal means, or as {@link AuthServerClient.call}
   */
  async actAs(
    { principal, caller }: Acting,
    { path, body }: { path: string; body: Record<string, unknown> },
  ): Promise<Record<string, unknown>> {
    const clientId = principal.clientId ?? undefined;
    const session =
      principal.kind === 'user' ? { sessionToken: await this.sessionTokenOf(principal) } : {};
    const request = { method: 'POST', path, body, caller, clientId, ...session } as const;
    const answer = await this.authServer.call(request);
    assertSucceeded(answer);
    return answer.body;
  }

  private async sessionTokenOf({ sessionId }: UserPrincipal): Promise<string> {
    const row = await this.dataSource.manager.findOne(SessionEntity, {
      where: { id: sessionId },
      select: { id: true, token: true },
    });
    if (!row?.token) throw new Problem('invalid_token', { cause: 'session has ended' });
    return row.token;
  }

  /** Tokens of a session that has just begun, and whose it is. */
  async toSignedIn({ sessionToken, userId, caller }: NewSession): Promise<SignedIn> {
    const tokens = await this.issueTokens(sessionToken, caller);
    const row = await this.dataSource.manager.findOneBy(UserEntity, { id: userId });
    if (!tokens || !row) {
      throw new Problem('auth_server_failed', { cause: 'a new session gives no token' });
    }
    return { ...tokens, user: toUser(row) };
  }

  /** @returns `null` when the session token is not accepted. */
  private async issueTokens(sessionToken: string, caller: CallerContext): Promise<Tokens | null> {
    const answer = await this.authServer.call({
      method: 'GET',
      path: '/token',
      sessionToken,
      caller,
    });
    const { token } = answer.body;
    if (answer.status !== 200 || typeof token !== 'string') return null;
    return {
      accessToken: token,
      tokenType: 'Bearer',
      expiresIn: lifetimeOf(token),
      refreshToken: sessionToken,
    };
  }
}

interface NewSession {
  sessionToken: string;
  userId: string;
  caller: CallerContext;
}

function signInOf({ headers, body }: AuthServerAnswer, caller: CallerContext): NewSession {
  const { id } = (body.user ?? {}) as { id?: unknown };
  const sessionToken = headers.get('set-auth-token') ?? String(body.token);
  return { sessionToken, userId: String(id), caller };
}

function assertSucceeded({ status, body }: AuthServerAnswer): void {
  if (status < 300) return;
  const toProblem = PROBLEM_BY_CODE[String(body.code)];
  if (toProblem) throw toProblem();
  throw new Problem('auth_server_failed', { cause: `${status} ${String(body.code)}` });
}

/** `exp - iat` of a token that the auth server has just issued, in seconds. */
function lifetimeOf(token: string): number {
  const { iat, exp } = decodeJwtPayload(token) as { iat: number; exp: number };
  return exp - iat;
}
