import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import { DEFAULT_ROLE, TABLES, type Role } from '../../auth-server/contract';

const { name: table, columns } = TABLES.user;

/** A person who can sign in. Written by the auth server. */
@Entity(table)
@Unique('user_email_key', ['email'])
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

  /** Stays true when a ban has run out; see {@link banExpires}. */
  @Column({ name: columns.banned, type: 'boolean', default: false })
  banned!: boolean;

  @Column({ name: columns.banReason, type: 'text', nullable: true })
  banReason!: string | null;

  /** When the ban ends by itself; `null`: never. */
  @Column({ name: columns.banExpires, type: 'timestamptz', precision: 3, nullable: true })
  banExpires!: Date | null;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: columns.updatedAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
