import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { CreateUser, Statistics, UpdateUser } from './admin-accounts.schemas';
import { OwnerNoticesService } from './owner-notices.service';
import { MACHINE_USERS_PATH } from '../../contract';
import { copyUser, recordUserChange } from '../audit/user-change';
import type { Acting, ActingAsUser } from '../auth/principal/acting';
import type { SignedIn } from '../auth-proxy/auth.schemas';
import { AuthService } from '../auth-proxy/auth.service';
import { toUser } from '../users/user.mapper';
import type { User } from '../users/user.schemas';
import { isUniqueViolation } from '../../runtime/database-errors';
import { Problem } from '../common/problems/problem';
import { UserEntity } from '../database/entities/user.entity';
import { deleteUser } from '../users/user-deletion';
import { UsersService } from '../users/users.service';

@Injectable()
export class AdminAccountsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly auth: AuthService,
    private readonly users: UsersService,
    private readonly notices: OwnerNoticesService,
  ) {}

  /** @throws {Problem} `email_taken`, or as {@link AuthService.actAs} */
  async createUser(acting: Acting, input: CreateUser): Promise<User> {
    const isMachine = acting.principal.kind === 'client';
    const path = isMachine ? MACHINE_USERS_PATH : '/admin/create-user';
    const body = await this.auth.actAs(acting, { path, body: input });
    return this.users.getUser(userIdOf(body));
  }

  /**
   * A former e-mail is told of the new one.
   *
   * @throws {Problem} `not_found`, `email_taken`
   */
  async updateUser(acting: Acting, { id, change }: UserUpdate): Promise<User> {
    const { user, formerEmail } = await this.saveUpdate(acting, { id, change });
    if (user.email !== formerEmail) {
      await this.notices.tell(acting, { event: 'email_changed', userId: id, formerEmail });
    }
    return user;
  }

  private async saveUpdate(acting: Acting, { id, change }: UserUpdate) {
    try {
      return await this.dataSource.transaction(async (manager) => {
        const where = { id };
        const lock = { mode: 'pessimistic_write' } as const;
        const row = await manager.findOne(UserEntity, { where, lock });
        if (!row) throw new Problem('not_found', { detail: 'There is no such user.' });
        const before = copyUser(row);
        Object.assign(row, withVerification(change, row), { updatedAt: new Date() });
        await recordUserChange(manager, { acting, before, after: row });
        const user = toUser(await manager.save(row));
        return { user, formerEmail: before.email };
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new Problem('email_taken', { cause: error });
      throw error;
    }
  }

  /** @throws {Problem} `not_found`, `last_admin` */
  async deleteUser(acting: Acting, id: string): Promise<void> {
    await this.dataSource.transaction((manager) => deleteUser({ id, acting }, manager));
  }

  /**
   * Has a mail sent with which the user sets a new password.
   *
   * @throws {Problem} `not_found`, or as {@link AuthService.actAs}
   */
  async requestPasswordReset(acting: Acting, id: string): Promise<void> {
    const { email } = await this.users.getUser(id);
    await this.auth.actAs(acting, { path: '/request-password-reset', body: { email } });
  }

  /**
   * Begins a session as someone else, marked with who acts. It lasts an hour at most.
   *
   * @throws {Problem} `not_found`, `cannot_impersonate_admin`, or as {@link AuthService.actAs}
   */
  async impersonate(acting: ActingAsUser, id: string): Promise<SignedIn> {
    const user = await this.users.getUser(id);
    if (user.role === 'admin') throw new Problem('cannot_impersonate_admin');
    const path = '/admin/impersonate-user';
    const body = await this.auth.actAs(acting, { path, body: { userId: id } });
    const { token } = (body.session ?? {}) as { token?: unknown };
    return this.auth.toSignedIn({ sessionToken: String(token), userId: id, caller: acting.caller });
  }

  async getStatistics(): Promise<Statistics> {
    const [row] = await this.dataSource.query<Statistics[]>(SELECT_STATISTICS);
    return row!;
  }
}

/**
 * What was proved is the old address. Providers are joined to an account by an e-mail that is
 * verified on both sides, so a new one must not pass for proved by mistake.
 */
function withVerification(change: UpdateUser, { email }: UserEntity): UpdateUser {
  const isNew = change.email !== undefined && change.email !== email;
  return { ...(isNew && { emailVerified: false }), ...change };
}

interface UserUpdate {
  id: string;
  change: UpdateUser;
}

function userIdOf(body: Record<string, unknown>): string {
  const { id } = (body.user ?? {}) as { id?: unknown };
  if (typeof id !== 'string') throw new Problem('auth_server_failed', { cause: 'no user id' });
  return id;
}

/** One statement, so that the figures belong together. Days have no time zone of their own, so the session's is not used. Counts are `bigint`, which would arrive as text. */
const SELECT_STATISTICS = `
  SELECT count(*)::int AS "users",
         (count(*) FILTER (WHERE email_verified))::int AS "verified",
         (count(*) FILTER (WHERE banned AND (ban_expires IS NULL OR ban_expires > now())))::int AS "banned",
         (count(*) FILTER (WHERE role = 'admin'))::int AS "admins",
         (SELECT count(*)::int FROM session WHERE expires_at > now()) AS "sessions",
         (SELECT json_agg(json_build_object('day', to_char(day, 'YYYY-MM-DD'), 'count', count) ORDER BY day)
            FROM (SELECT day, count(u.id)::int
                    FROM generate_series(date_trunc('day', now() AT TIME ZONE 'UTC') - interval '29 days',
                                         now() AT TIME ZONE 'UTC', interval '1 day') AS day
                    LEFT JOIN "user" u ON u.created_at >= day AT TIME ZONE 'UTC'
                                      AND u.created_at < (day + interval '1 day') AT TIME ZONE 'UTC'
                   GROUP BY day) AS days) AS "signUpsByDay"
    FROM "user"`;
