import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { OAUTH_TABLES } from '../../../contract';
import { OAuthClientEntity } from './oauth-client.entity';
import { UserEntity } from './user.entity';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = OAUTH_TABLES.oauthConsent;

/** What a user has allowed a client. */
@Entity(table)
@ReadableTimes(table, [columns.createdAt, columns.updatedAt])
@Index('oauth_consent_client_id_idx', ['clientId'])
@Index('oauth_consent_user_id_idx', ['userId'])
@Index('oauth_consent_user_id_client_id_uidx', ['userId', 'clientId'], { unique: true })
export class OAuthConsentEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'oauth_consent_pkey' })
  id!: string;

  @Column({ name: columns.clientId, type: 'text' })
  clientId!: string;

  @Column({ name: columns.userId, type: 'text', nullable: true })
  userId!: string | null;

  @Column({ name: columns.referenceId, type: 'text', nullable: true })
  referenceId!: string | null;

  @Column({ name: columns.resources, type: 'jsonb', nullable: true })
  resources!: string[] | null;

  @Column({ name: columns.requestedUserInfoClaims, type: 'jsonb', nullable: true })
  requestedUserInfoClaims!: string[] | null;

  @Column({ name: columns.scopes, type: 'jsonb' })
  scopes!: string[];

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: columns.updatedAt, type: 'timestamptz', precision: 3 })
  updatedAt!: Date;

  /** `null`: it is deleted (migrations/1795817000000-EndGrantsOfClientsAtOnce). */
  @ManyToOne(() => OAuthClientEntity, { createForeignKeyConstraints: false })
  @JoinColumn({ name: columns.clientId, referencedColumnName: 'clientId' })
  client?: Relation<OAuthClientEntity> | null;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: columns.userId, foreignKeyConstraintName: 'oauth_consent_user_id_fkey' })
  user?: Relation<UserEntity>;
}
