import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Actor, UserActor } from '../auth/principal/current-actor.decorator';
import type {
  SessionAndUser,
  SignedIn,
  SignIn,
  SignUp,
  Tokens,
  VerificationRequired,
} from './auth.schemas';
import {
  type AuthServerAnswer,
  AuthServerClient,
  type AuthServerRequest,
} from './auth-server.client';
import type { CallerContext } from '../http/request/caller-context';
import type { UserPrincipal } from '../auth/principal/principal';
import { findChallenge } from './challenge';
import { findGivenAccess, type NewSession, readNewToken, toNewSession } from './new-session';
import type { TwoFactorRequired } from './second-step.schemas';
import { toSession } from '../users/session.mapper';
import { type ProfileColumns, toUser } from '../users/user.mapper';
import { userOfSession } from './session-user.query';
import { decodeJwtPayload } from '../../runtime/tokens/jwt-payload';
import { recordAuditEvent } from '../audit/audit-trail';
import { Problem } from '../common/problems/problem';
import type { ProblemCode } from '../common/problems/problem-codes';
import { markWorkBegun } from '../common/work-record';
import { PreparedStatements } from '../database/prepared-statements';
import { SessionEntity } from '../database/entities/session.entity';
import { UserEntity } from '../database/entities/user.entity';

const ENDED_EARLY = 'the session ended during the sign-in';

/** The problems for error codes of Better-Auth. Its texts are not sent. */
const PROBLEM_BY_CODE: Record<string, () => Problem> = {
  INVALID_EMAIL_OR_PASSWORD: () => new Problem('invalid_credentials'),
  SESSION_ENDED: () => new Problem('invalid_token', { cause: 'session has ended' }),
  ROLE_LOST: () => new Problem('forbidden'),
  SCOPE_LOST: () =>
    new Problem('insufficient_scope', {
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="users:write"' },
    }),
  // Better-Auth's checks, when a role has changed since the check of this API.
  YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS: () => new Problem('forbidden'),
  YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS: () => new Problem('forbidden'),
  YOU_CANNOT_IMPERSONATE_ADMINS: () => new Problem('cannot_impersonate_admin'),
  IMPERSONATION_NOT_ALLOWED: () => new Problem('forbidden'),
  CREDENTIALS_CHANGED: () => new Problem('invalid_credentials'),
  BANNED_USER: () => new Problem('banned'),
  UNKNOWN_ROLE: () => new Problem('unknown_role'),
  USER_REQUIRED: () => new Problem('user_required'),
  EMAIL_NOT_VERIFIED: () => new Problem('email_not_verified'),
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: () => new Problem('email_taken'),
  INVALID_EMAIL: () => invalidField('/email', 'Must be an e-mail address'),
  INVALID_VALUE: () => invalidField('', 'A value cannot be stored'),
  CLIENT_NOT_FOUND: () => new Problem('not_found', { detail: 'There is no such client.' }),
  CLIENT_CHANGED: () => new Problem('precondition_failed'),
  UNKNOWN_SCOPE: () => invalidField('/scopes', 'No resource has one of the scopes'),
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

/** Sign-in flows: the auth server does the work, this service shapes the answers. */
@Injectable()
export class AuthService {
  constructor(
    private readonly authServer: AuthServerClient,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: PreparedStatements,
  ) {}

  /** @throws {Problem} `email_taken`, or as {@link AuthServerClient.call} */
  async signUp(input: SignUp, caller: CallerContext): Promise<SignedIn | VerificationRequired> {
    const path = '/sign-up/email';
    const answer = await this.begin({ path, body: input, caller });
    assertSucceeded(answer);
    // Without a session, the address must be verified first. The answer is the same for a
    // taken address.
    if (typeof answer.body.token !== 'string') return { verificationRequired: true };
    return this.toSignedIn(toNewSession(answer, { caller, endedAs: 'invalid_credentials' }));
  }

  /**
   * @throws {Problem} `invalid_credentials`, `banned`, `unknown_role`, `email_not_verified`, or as the
   *   client's
   */
  async signIn(input: SignIn, caller: CallerContext): Promise<SignedIn | TwoFactorRequired> {
    const path = '/sign-in/email';
    const answer = await this.begin({ path, body: input, caller });
    assertSucceeded(answer);
    return (
      findChallenge(answer) ??
      this.toSignedIn(toNewSession(answer, { caller, endedAs: 'invalid_credentials' }))
    );
  }

  /** @throws {Problem} `invalid_refresh_token`, or as {@link AuthServerClient.call} */
  async refresh(refreshToken: string, caller: CallerContext): Promise<Tokens> {
    const tokens = REFRESH_TOKEN.test(refreshToken)
      ? await this.issueTokens(refreshToken, caller)
      : null;
    if (!tokens) throw new Problem('invalid_refresh_token');
    return tokens;
  }

  /** Ends the caller's session. A session that has already ended is no error. */
  async signOut(actor: UserActor): Promise<void> {
    const { userId, sessionId: id, clientId } = actor.principal;
    await this.dataSource.transaction(async (manager) => {
      const row = await manager.findOneBy(SessionEntity, { id });
      if (!row) return;
      const { impersonatedBy: impersonatorId } = row;
      const { affected } = await manager.delete(SessionEntity, { id });
      // A concurrent request has ended the session and recorded the event.
      if (!affected) return;
      await recordAuditEvent(manager, {
        action: impersonatorId === null ? 'user.signed_out' : 'impersonation.stopped',
        actor: { ...actor, principal: { userId, clientId, impersonatorId } },
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
  async actAs(actor: Actor, request: ActedRequest): Promise<Record<string, unknown>> {
    const answer = await this.sendAs(actor, request);
    assertSucceeded(answer);
    return answer.body;
  }

  /**
   * As {@link actAs}, for a call that begins a session; {@link toSignedIn} reads the answer.
   *
   * @throws {Problem} also `endedAs` when the session has already ended.
   */
  async beginAs(actor: Actor, { endedAs, ...request }: BeginRequest): Promise<AuthServerAnswer> {
    const answer = await this.sendAs(actor, { ...request, wantsToken: true });
    assertSucceeded(answer, endedAs);
    return answer;
  }

  private async sendAs(
    { principal, caller, accessToken }: Actor,
    request: ActedRequest & { wantsToken?: boolean },
  ): Promise<AuthServerAnswer> {
    const clientId = principal.clientId ?? undefined;
    const session = principal.kind === 'user' ? { accessToken } : {};
    const call = { method: 'POST', ...request, caller, clientId, ...session } as const;
    const answer = await this.authServer.call(call);
    // Better-Auth found no session: it has ended during the call. If it has not, the processes
    // disagree, for example about `INTERNAL_SECRET`, and that is no fault of the caller.
    if (answer.body.code === 'UNAUTHORIZED' && principal.kind === 'user') {
      await this.getSession(principal);
    }
    return answer;
  }

  private begin(request: Pick<AuthServerRequest, 'path' | 'body' | 'caller'>) {
    return this.authServer.call({ method: 'POST', wantsToken: true, ...request });
  }

  /**
   * Tokens of a session that has just begun, and its user: from the answer that begins it.
   *
   * @throws {Problem} `banned`, or `endedAs` when the session has already ended.
   */
  async toSignedIn(begun: NewSession): Promise<SignedIn> {
    const given = findGivenAccess(begun.answer);
    if (!given) return this.readSignedIn(begun);
    return { ...toTokens(given.accessToken, begun.sessionToken), user: toUser(given.user) };
  }

  /** For an answer without them. @throws {Problem} as {@link toSignedIn} */
  private async readSignedIn(begun: NewSession): Promise<SignedIn> {
    const { sessionToken, caller } = begun;
    const issued = await this.issueTokens(sessionToken, caller);
    const user = issued && (await this.findUserOf(issued));
    if (!user) throw await this.toEnded(begun);
    if (claimsOf(issued.accessToken).role === user.role) return { ...issued, user: toUser(user) };
    // The role has changed since the auth server read the user.
    const renewed = await this.issueTokens(sessionToken, caller);
    if (!renewed) throw await this.toEnded(begun);
    return { ...renewed, user: toUser(user) };
  }

  /** @returns `null` when the session has ended. */
  private async findUserOf({ accessToken }: Tokens): Promise<ProfileColumns | null> {
    const query = userOfSession(claimsOf(accessToken).sid);
    const [user] = await this.statements.run<ProfileColumns>(query);
    return user ?? null;
  }

  private async toEnded({ userId, endedAs }: NewSession): Promise<Problem> {
    const row = await this.dataSource.manager.findOneBy(UserEntity, { id: userId });
    const code = row && toUser(row).banned ? 'banned' : endedAs;
    return new Problem(code, { cause: ENDED_EARLY });
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
    // A token that a former secret has signed is replaced.
    return toTokens(token, readNewToken(answer) ?? sessionToken);
  }
}

interface ActedRequest extends Pick<AuthServerRequest, 'isOwed'> {
  path: string;
  body: Record<string, unknown>;
}

type BeginRequest = ActedRequest & Pick<NewSession, 'endedAs'>;

function toTokens(accessToken: string, refreshToken: string): Tokens {
  const { iat, exp } = claimsOf(accessToken);
  return { accessToken, tokenType: 'Bearer', expiresIn: exp - iat, refreshToken };
}

function assertSucceeded(
  { status, body }: AuthServerAnswer,
  endedAs: ProblemCode = 'invalid_credentials',
): void {
  if (status < 300) return;
  if (body.code === 'BEGUN_SESSION_ENDED') {
    // The refusal comes after the writes: a repeated request must not do them again.
    markWorkBegun();
    throw new Problem(endedAs, { cause: ENDED_EARLY });
  }
  const toProblem = PROBLEM_BY_CODE[String(body.code)];
  if (toProblem) throw toProblem();
  throw new Problem('auth_server_failed', { cause: `${status} ${String(body.code)}` });
}

/** Claims of a token that the auth server has just issued. */
function claimsOf(token: string) {
  return decodeJwtPayload(token) as { iat: number; exp: number; sid: string; role: string };
}
