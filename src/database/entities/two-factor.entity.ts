import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';
import { SECOND_FACTOR_TABLES } from '../../../contract';
import { UserEntity } from './user.entity';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = SECOND_FACTOR_TABLES.twoFactor;

/** The second factor of a user, in force after the first right code. Written by the auth server. */
@Entity(table)
@ReadableTimes(table, [columns.lockedUntil])
@Unique('two_factor_user_id_key', ['userId'])
@Index('two_factor_secret_idx', ['secret'])
export class TwoFactorEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'two_factor_pkey' })
  id!: string;

  @Column({ name: columns.userId, type: 'text' })
  userId!: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: columns.userId, foreignKeyConstraintName: 'two_factor_user_id_fkey' })
  user?: Relation<UserEntity>;

  /** A credential, encrypted with `BETTER_AUTH_SECRET`: read only where it is asked for by name. */
  @Column({ name: columns.secret, type: 'text', select: false })
  secret?: string;

  /** Credentials, encrypted alike. */
  @Column({ name: columns.backupCodes, type: 'text', select: false })
  backupCodes?: string;

  @Column({ name: columns.verified, type: 'boolean', default: false })
  verified!: boolean;

  /** Wrong attempts since the last right code. */
  @Column({ name: columns.failedVerificationCount, type: 'integer', default: 0 })
  failedVerificationCount!: number;

  /** Until then no attempt is looked at. */
  @Column({ name: columns.lockedUntil, type: 'timestamptz', precision: 3, nullable: true })
  lockedUntil!: Date | null;
}
