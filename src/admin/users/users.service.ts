import { Injectable } from '@nestjs/common';
import { OwnerNoticesService } from './owner-notices.service';
import type { Ban, CreateUser, UpdateUser } from './users.schemas';
import { SERVICE_ACCOUNT_USERS_PATH, type Role } from '../../../contract';
import { copyUser, recordUserChange } from '../../audit/user-change';
import type { Actor, UserActor } from '../../auth/principal/current-actor.decorator';
import { assertMayChangeAdministrators, isDirect } from '../../auth/principal/direct-sign-in';
import type { SignedIn } from '../../auth-proxy/auth.schemas';
import { AuthService } from '../../auth-proxy/auth.service';
import { isUniqueViolation } from '../../../runtime/database/database-errors';
import { Problem } from '../../common/problems/problem';
import { UserEntity } from '../../database/entities/user.entity';
import type { Preconditions } from '../../http/request/preconditions';
import { ActorTransactions } from '../../users/actor-transactions';
import { lockUser, type UserToChange } from '../../users/user-lock';
import { deleteUser } from '../../users/user-deletion';
import { toUser } from '../../users/user.mapper';
import type { User } from '../../users/user.schemas';
import { UsersService } from '../../users/users.service';

@Injectable()
export class AdminUsersService {
  constructor(
    private readonly transactions: ActorTransactions,
    private readonly auth: AuthService,
    private readonly users: UsersService,
    private readonly notices: OwnerNoticesService,
  ) {}

  /**
   * Service accounts and clients that act for a user use the auth server's own endpoint, which
   * refuses to create administrators.
   *
   * @throws {Problem} `email_taken`, `user_required`, or as {@link AuthService.actAs}
   */
  async createUser(actor: Actor, input: CreateUser): Promise<User> {
    if (input.role === 'admin') assertMayChangeAdministrators(actor.principal);
    const path = isDirect(actor.principal) ? '/admin/create-user' : SERVICE_ACCOUNT_USERS_PATH;
    const body = await this.auth.actAs(actor, { path, body: input });
    return this.users.getUser(userIdOf(body));
  }

  /**
   * The former e-mail address gets a notice.
   * @throws {Problem} `email_taken`; `forbidden` for the caller's own e-mail address: a stolen
   * session must not replace it. Or as {@link lockUser}
   */
  async updateUser(actor: Actor, update: UserUpdate): Promise<User> {
    const { user, notice } = await this.saveUpdate(actor, update);
    if (notice) await this.notices.send(actor, notice);
    return user;
  }

  private async saveUpdate(actor: Actor, { id, change, preconditions }: UserUpdate) {
    try {
      return await this.transactions.run({ actor, userId: id }, async (manager) => {
        const row = await lockUser(manager, { id, actor, preconditions });
        const before = copyUser(row);
        Object.assign(row, withVerification(change, row), { updatedAt: new Date() });
        if (actor.principal.userId === id) assertSameEmail(before, row);
        await recordUserChange(manager, { actor, before, after: row });
        const user = toUser(await manager.save(row));
        if (user.email === before.email) return { user, notice: null };
        const { email: formerEmail, emailVerified: wasVerified } = before;
        const event = { event: 'email_changed', userId: id, formerEmail, wasVerified } as const;
        return { user, notice: await this.notices.keep(manager, event) };
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new Problem('email_taken', { cause: error });
      throw error;
    }
  }

  /** @throws {Problem} `last_admin`, or as {@link lockUser} */
  async deleteUser(actor: Actor, { id, preconditions }: UserChange): Promise<void> {
    await this.transactions.run({ actor, userId: id }, (manager) =>
      deleteUser({ id, actor, preconditions }, manager),
    );
  }

  /**
   * Requests the mail with which the user sets a new password. It goes to the owner, so a user who
   * becomes an administrator after the check loses nothing.
   * @throws {Problem} `not_found`, `user_required`, or as {@link AuthService.actAs}
   */
  async requestPasswordReset(actor: Actor, id: string): Promise<void> {
    const { email, role } = await this.users.getUser(id);
    if (role === 'admin') assertMayChangeAdministrators(actor.principal);
    await this.auth.actAs(actor, { path: '/request-password-reset', body: { email } });
  }

  /**
   * Begins a session as another user, with the id of the administrator. It lasts at most one hour.
   * @throws {Problem} `not_found`, `cannot_impersonate_admin`, or as {@link AuthService.actAs}
   */
  async impersonate(actor: UserActor, id: string): Promise<SignedIn> {
    const user = await this.users.getUser(id);
    if (user.role === 'admin') throw new Problem('cannot_impersonate_admin');
    const path = '/admin/impersonate-user';
    const endedAs = 'not_found';
    const answer = await this.auth
      .beginAs(actor, { path, body: { userId: id }, endedAs })
      .catch((error: unknown) => this.explainRefusal(error, id));
    const { token } = (answer.body.session ?? {}) as { token?: unknown };
    return this.auth.toSignedIn({
      answer,
      sessionToken: String(token),
      userId: id,
      caller: actor.caller,
      endedAs,
    });
  }

  /** The user or the administrator has changed since the request began. */
  private async explainRefusal(error: unknown, id: string): Promise<never> {
    const isForbidden = error instanceof Problem && error.code === 'forbidden';
    if (!isForbidden || (await this.users.getUser(id)).role !== 'admin') throw error;
    throw new Problem('cannot_impersonate_admin');
  }

  /** @throws {Problem} `last_admin`, or as {@link lockUser} */
  async setRole(actor: Actor, { role, ...user }: UserChange & { role: Role }): Promise<User> {
    if (role === 'admin') assertMayChangeAdministrators(actor.principal);
    return this.change({ actor, ...user }, (row) => {
      row.role = role;
    });
  }

  /**
   * Bans a user and ends all their sessions in one transaction.
   *
   * @throws {Problem} `cannot_ban_self`, `last_admin`, or as {@link lockUser}
   */
  ban(actor: Actor, { ban, ...user }: UserChange & { ban: Ban }): Promise<User> {
    if (actor.principal.userId === user.id) throw new Problem('cannot_ban_self');
    const { reason, expiresAt } = ban;
    return this.change({ actor, ...user }, (row) => {
      row.banned = true;
      row.banReason = reason ?? null;
      row.banExpires = expiresAt === undefined ? null : new Date(expiresAt);
    });
  }

  /** @throws {Problem} as {@link lockUser} */
  unban(actor: Actor, user: UserChange): Promise<User> {
    return this.change({ actor, ...user }, (row) => {
      row.banned = false;
      row.banReason = null;
      row.banExpires = null;
    });
  }

  /** Changes one user under a lock of the row. */
  private change(user: UserToChange, apply: (row: UserEntity) => void): Promise<User> {
    const { actor, id } = user;
    return this.transactions.run({ actor, userId: id }, async (manager) => {
      const row = await lockUser(manager, user);
      const before = copyUser(row);
      apply(row);
      await recordUserChange(manager, { actor, before, after: row });
      row.updatedAt = new Date();
      return toUser(await manager.save(row));
    });
  }
}

/**
 * A verification belongs to the old address. A provider is linked to an account when both have
 * verified the e-mail address, so a new address starts unverified.
 */
function withVerification(change: UpdateUser, { email }: UserEntity): UpdateUser {
  const isNew = change.email !== undefined && change.email !== email;
  return { ...(isNew && { emailVerified: false }), ...change };
}

type Email = Pick<UserEntity, 'email' | 'emailVerified'>;

function assertSameEmail(before: Email, after: Email): void {
  if (before.email === after.email && before.emailVerified === after.emailVerified) return;
  throw new Problem('forbidden', { detail: 'Change your own e-mail address by mail.' });
}

/** The user of a change, and the state for which the change is meant. */
interface UserChange {
  id: string;
  preconditions: Preconditions;
}

interface UserUpdate extends UserChange {
  change: UpdateUser;
}

function userIdOf(body: Record<string, unknown>): string {
  const { id } = (body.user ?? {}) as { id?: unknown };
  if (typeof id !== 'string') throw new Problem('auth_server_failed', { cause: 'no user id' });
  return id;
}
