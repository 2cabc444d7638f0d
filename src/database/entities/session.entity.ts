import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  Unique,
} from 'typeorm';
import type { Relation } from 'typeorm';
import { TABLES } from '../../../contract';
import { UserEntity } from './user.entity';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = TABLES.session;

/** One sign-in of one user on one device. Written by the auth server. */
@Entity(table)
@ReadableTimes(table, [columns.createdAt, columns.updatedAt, columns.expiresAt])
@Unique('session_token_key', ['token'])
@Index('session_user_id_idx', ['userId'])
@Index('session_expires_at_idx', ['expiresAt'])
@Index('session_impersonated_by_idx', ['impersonatedBy'], { where: 'impersonated_by IS NOT NULL' })
@Index('session_begun_in_idx', ['begunIn'], { where: 'begun_in IS NOT NULL' })
@Check('session_authentication_methods_check', `jsonb_typeof("authentication_methods") = 'array'`)
export class SessionEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'session_pkey' })
  id!: string;

  @Column({ name: columns.userId, type: 'text' })
  userId!: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: columns.userId, foreignKeyConstraintName: 'session_user_id_fkey' })
  user?: Relation<UserEntity>;

  /** A credential: read only where it is asked for by name. */
  @Column({ name: columns.token, type: 'text', select: false })
  token?: string;

  @Column({ name: columns.expiresAt, type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column({ name: columns.ipAddress, type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column({ name: columns.userAgent, type: 'text', nullable: true })
  userAgent!: string | null;

  /** The id of the administrator who impersonates the user in this session. */
  @Column({ name: columns.impersonatedBy, type: 'text', nullable: true })
  impersonatedBy!: string | null;

  /** The session of the administrator in which the impersonation began. The API does not read it. */
  @Column({ name: columns.begunIn, type: 'text', nullable: true, select: false })
  begunIn?: string | null;

  @ManyToOne(() => SessionEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: columns.begunIn, foreignKeyConstraintName: 'session_begun_in_fkey' })
  impersonator?: Relation<SessionEntity>;

  /** How the user signed in: values of `amr` (RFC 8176). The API does not read it. */
  @Column({ name: columns.authenticationMethods, type: 'jsonb', nullable: true, select: false })
  authenticationMethods?: string[] | null;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: columns.updatedAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  /** What a write was decided on (migrations/1795430000000-EndSessionsWithCredentials). */
  @Column({ name: columns.basis, type: 'text', nullable: true })
  basis!: string | null;
}
