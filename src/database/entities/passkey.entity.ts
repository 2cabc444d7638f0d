import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';
import { SECOND_FACTOR_TABLES } from '../../../contract';
import { UserEntity } from './user.entity';
import { PlainTexts } from '../decorators/plain-texts.decorator';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = SECOND_FACTOR_TABLES.passkey;

/** The public key of a user's device. Written by the auth server. */
@Entity(table)
@PlainTexts(table, [columns.name])
@ReadableTimes(table, [columns.createdAt])
@Unique('passkey_credential_id_key', ['credentialID'])
@Index('passkey_user_id_idx', ['userId'])
export class PasskeyEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'passkey_pkey' })
  id!: string;

  @Column({ name: columns.userId, type: 'text' })
  userId!: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: columns.userId, foreignKeyConstraintName: 'passkey_user_id_fkey' })
  user?: Relation<UserEntity>;

  /** What the user calls it. */
  @Column({ name: columns.name, type: 'text', nullable: true })
  name!: string | null;

  /** COSE key (RFC 9052), base64. */
  @Column({ name: columns.publicKey, type: 'text' })
  publicKey!: string;

  @Column({ name: columns.credentialID, type: 'text' })
  credentialID!: string;

  /** The signature counter of the device. */
  @Column({ name: columns.counter, type: 'integer' })
  counter!: number;

  /** `singleDevice`, or `multiDevice` for one that is synchronised. */
  @Column({ name: columns.deviceType, type: 'text' })
  deviceType!: string;

  @Column({ name: columns.backedUp, type: 'boolean' })
  backedUp!: boolean;

  @Column({ name: columns.transports, type: 'text', nullable: true })
  transports!: string | null;

  /** Model of the authenticator; zeros when it is unknown. */
  @Column({ name: columns.aaguid, type: 'text', nullable: true })
  aaguid!: string | null;

  @Column({
    name: columns.createdAt,
    type: 'timestamptz',
    precision: 3,
    nullable: true,
    default: () => 'now()',
  })
  createdAt!: Date | null;
}
