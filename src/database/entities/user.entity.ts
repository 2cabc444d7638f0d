import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { DEFAULT_ROLE, TABLES, type Role } from '../../../contract';
import { PlainTexts } from '../decorators/plain-texts.decorator';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = TABLES.user;

/** A person who can sign in. Written by the auth server. */
@Entity(table)
@PlainTexts(table, [columns.name, columns.banReason])
@ReadableTimes(table, [columns.createdAt, columns.updatedAt])
@Unique('user_email_key', ['email'])
@Index('user_created_at_id_idx', ['createdAt', 'id'])
@Index('user_name_id_idx', ['name', 'id'])
@Index('user_role_idx', ['role', 'createdAt', 'id'], { where: `role <> 'user'` })
@Index('user_banned_idx', ['createdAt', 'id'], { where: 'banned' })
// An index of trigrams, which TypeORM cannot describe.
@Index('user_search_idx', { synchronize: false })
@Check('user_email_check', `"email" = lower("email")`)
@Check('user_role_check', `"role" IN ('admin', 'user')`)
export class UserEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'user_pkey' })
  id!: string;

  @Column({ name: columns.name, type: 'text' })
  name!: string;

  /** In lower case, always. */
  @Column({ name: columns.email, type: 'text' })
  email!: string;

  @Column({ name: columns.emailVerified, type: 'boolean', default: false })
  emailVerified!: boolean;

  @Column({ name: columns.image, type: 'text', nullable: true })
  image!: string | null;

  @Column({ name: columns.role, type: 'text', default: DEFAULT_ROLE })
  role!: Role;

  /** Stays true after the end of a ban; see {@link banExpires}. */
  @Column({ name: columns.banned, type: 'boolean', default: false })
  banned!: boolean;

  @Column({ name: columns.banReason, type: 'text', nullable: true })
  banReason!: string | null;

  /** The end of the ban; `null`: it has no end. */
  @Column({ name: columns.banExpires, type: 'timestamptz', precision: 3, nullable: true })
  banExpires!: Date | null;

  /** Whether a sign-in with a password requires a second factor. */
  @Column({ name: columns.twoFactorEnabled, type: 'boolean', default: false })
  twoFactorEnabled!: boolean;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: columns.updatedAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  /** What a write was decided on (migrations/1795430000000-EndSessionsWithCredentials). */
  @Column({ name: columns.basis, type: 'text', nullable: true })
  basis!: string | null;
}
