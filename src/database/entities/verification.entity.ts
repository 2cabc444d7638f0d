import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { TABLES } from '../../../contract';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = TABLES.verification;

/** A proof that is not yet used, such as the link of a mail. Written by the auth server. */
@Entity(table)
@ReadableTimes(table, [columns.createdAt, columns.updatedAt, columns.expiresAt])
@Index('verification_identifier_idx', ['identifier'])
@Index('verification_expires_at_idx', ['expiresAt'])
// A hash index, which TypeORM cannot describe.
@Index('verification_value_idx', { synchronize: false })
export class VerificationEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'verification_pkey' })
  id!: string;

  /** The purpose and the user of the proof, in the format of Better-Auth. */
  @Column({ name: columns.identifier, type: 'text' })
  identifier!: string;

  /** A credential: read only where it is asked for by name. */
  @Column({ name: columns.value, type: 'text', select: false })
  value?: string;

  @Column({ name: columns.expiresAt, type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: columns.updatedAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  /** What a write was decided on (migrations/1795430000000-EndSessionsWithCredentials). */
  @Column({ name: columns.basis, type: 'text', nullable: true })
  basis!: string | null;
}
