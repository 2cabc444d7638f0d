import { Column, Entity, PrimaryColumn } from 'typeorm';
import { TABLES } from '../../../contract';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = TABLES.jwks;

/** A key pair that signs access tokens. Written by the auth server; `id` is the key id (`kid`). */
@Entity(table)
@ReadableTimes(table, [columns.createdAt, columns.expiresAt])
export class JwksEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'jwks_pkey' })
  id!: string;

  /** JSON Web Key (RFC 7517) as JSON text. */
  @Column({ name: columns.publicKey, type: 'text' })
  publicKey!: string;

  /** A credential, encrypted with `BETTER_AUTH_SECRET`: read only where it is asked for by name. */
  @Column({ name: columns.privateKey, type: 'text', select: false })
  privateKey?: string;

  @Column({ name: columns.alg, type: 'text', nullable: true })
  alg!: string | null;

  @Column({ name: columns.crv, type: 'text', nullable: true })
  crv!: string | null;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  /**
   * The time after which another key signs; this key stays published for `JWKS_GRACE`. `null`: no
   * end.
   */
  @Column({ name: columns.expiresAt, type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;
}
