import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';
import { TABLES } from '../../../contract';
import { UserEntity } from './user.entity';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = TABLES.account;

/**
 * A sign-in method of a user: a password (`providerId` is `credential`) or an identity at a
 * provider. Its credentials are selected only by name.
 */
@Entity(table)
@ReadableTimes(table, [
  columns.createdAt,
  columns.updatedAt,
  columns.accessTokenExpiresAt,
  columns.refreshTokenExpiresAt,
])
@Unique('account_provider_id_account_id_key', ['providerId', 'accountId'])
@Index('account_user_id_idx', ['userId'])
export class AccountEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'account_pkey' })
  id!: string;

  @Column({ name: columns.userId, type: 'text' })
  userId!: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: columns.userId, foreignKeyConstraintName: 'account_user_id_fkey' })
  user?: Relation<UserEntity>;

  /** The user's id at the provider; with a password: the user's id here. */
  @Column({ name: columns.accountId, type: 'text' })
  accountId!: string;

  @Column({ name: columns.providerId, type: 'text' })
  providerId!: string;

  @Column({ name: columns.accessToken, type: 'text', nullable: true, select: false })
  accessToken?: string | null;

  @Column({ name: columns.refreshToken, type: 'text', nullable: true, select: false })
  refreshToken?: string | null;

  @Column({ name: columns.idToken, type: 'text', nullable: true, select: false })
  idToken?: string | null;

  @Column({ name: columns.accessTokenExpiresAt, type: 'timestamptz', precision: 3, nullable: true })
  accessTokenExpiresAt!: Date | null;

  @Column({
    name: columns.refreshTokenExpiresAt,
    type: 'timestamptz',
    precision: 3,
    nullable: true,
  })
  refreshTokenExpiresAt!: Date | null;

  /** Scopes granted at the provider, separated by commas. */
  @Column({ name: columns.scope, type: 'text', nullable: true })
  scope!: string | null;

  /** Password hash: argon2id. An imported hash keeps its format until the next sign-in. */
  @Column({ name: columns.password, type: 'text', nullable: true, select: false })
  password?: string | null;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: columns.updatedAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  /** What a write was decided on (migrations/1795430000000-EndSessionsWithCredentials). */
  @Column({ name: columns.basis, type: 'text', nullable: true })
  basis!: string | null;
}
