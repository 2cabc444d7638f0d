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
import { OAUTH_TABLES } from '../../../contract';
import { UserEntity } from './user.entity';
import { PlainTexts } from '../decorators/plain-texts.decorator';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = OAUTH_TABLES.oauthClient;

/** A client (RFC 6749, section 2). The auth server writes its secret. */
@Entity(table)
@PlainTexts(table, [columns.name])
@ReadableTimes(table, [columns.createdAt, columns.updatedAt])
@Unique('oauth_client_client_id_key', ['clientId'])
@Index('oauth_client_user_id_idx', ['userId'])
@Check(
  'oauth_client_keys_check',
  `"token_endpoint_auth_method" IS DISTINCT FROM 'private_key_jwt' OR "jwks" IS NOT NULL OR "jwks_uri" IS NOT NULL`,
)
export class OAuthClientEntity {
  @PrimaryColumn({ name: columns.id, type: 'text', primaryKeyConstraintName: 'oauth_client_pkey' })
  id!: string;

  @Column({ name: columns.clientId, type: 'text' })
  clientId!: string;

  /** A hash: read only where it is asked for by name. */
  @Column({ name: columns.clientSecret, type: 'text', nullable: true, select: false })
  clientSecret?: string | null;

  @Column({ name: columns.clientDiscoveryId, type: 'text', nullable: true })
  clientDiscoveryId!: string | null;

  @Column({ name: columns.disabled, type: 'boolean', default: false })
  disabled!: boolean;

  @Column({ name: columns.skipConsent, type: 'boolean', nullable: true })
  skipConsent!: boolean | null;

  @Column({ name: columns.enableEndSession, type: 'boolean', nullable: true })
  enableEndSession!: boolean | null;

  @Column({ name: columns.subjectType, type: 'text', nullable: true })
  subjectType!: string | null;

  @Column({ name: columns.scopes, type: 'jsonb', nullable: true })
  scopes!: string[] | null;

  @Column({ name: columns.clientCredentialsScopes, type: 'jsonb', nullable: true })
  clientCredentialsScopes!: string[] | null;

  @Column({ name: columns.userId, type: 'text', nullable: true })
  userId!: string | null;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: columns.updatedAt, type: 'timestamptz', precision: 3, nullable: true })
  updatedAt!: Date | null;

  @Column({ name: columns.name, type: 'text', nullable: true })
  name!: string | null;

  @Column({ name: columns.uri, type: 'text', nullable: true })
  uri!: string | null;

  @Column({ name: columns.icon, type: 'text', nullable: true })
  icon!: string | null;

  @Column({ name: columns.contacts, type: 'jsonb', nullable: true })
  contacts!: string[] | null;

  @Column({ name: columns.tos, type: 'text', nullable: true })
  tos!: string | null;

  @Column({ name: columns.policy, type: 'text', nullable: true })
  policy!: string | null;

  @Column({ name: columns.softwareId, type: 'text', nullable: true })
  softwareId!: string | null;

  @Column({ name: columns.softwareVersion, type: 'text', nullable: true })
  softwareVersion!: string | null;

  @Column({ name: columns.softwareStatement, type: 'text', nullable: true })
  softwareStatement!: string | null;

  @Column({ name: columns.redirectUris, type: 'jsonb' })
  redirectUris!: string[];

  @Column({ name: columns.postLogoutRedirectUris, type: 'jsonb', nullable: true })
  postLogoutRedirectUris!: string[] | null;

  @Column({ name: columns.backchannelLogoutUri, type: 'text', nullable: true })
  backchannelLogoutUri!: string | null;

  @Column({ name: columns.backchannelLogoutSessionRequired, type: 'boolean', nullable: true })
  backchannelLogoutSessionRequired!: boolean | null;

  @Column({ name: columns.tokenEndpointAuthMethod, type: 'text', nullable: true })
  tokenEndpointAuthMethod!: string | null;

  @Column({ name: columns.applicationType, type: 'text', nullable: true })
  applicationType!: string | null;

  @Column({ name: columns.jwks, type: 'text', nullable: true })
  jwks!: string | null;

  @Column({ name: columns.jwksUri, type: 'text', nullable: true })
  jwksUri!: string | null;

  @Column({ name: columns.grantTypes, type: 'jsonb', nullable: true })
  grantTypes!: string[] | null;

  @Column({ name: columns.responseTypes, type: 'jsonb', nullable: true })
  responseTypes!: string[] | null;

  @Column({ name: columns.requirePKCE, type: 'boolean', nullable: true })
  requirePKCE!: boolean | null;

  @Column({ name: columns.dpopBoundAccessTokens, type: 'boolean', nullable: true, default: false })
  dpopBoundAccessTokens!: boolean | null;

  @Column({ name: columns.referenceId, type: 'text', nullable: true })
  referenceId!: string | null;

  @Column({ name: columns.metadata, type: 'jsonb', nullable: true })
  metadata!: object | null;

  /** Of the grants in force (migrations/1795817000000-EndGrantsOfClientsAtOnce). Triggers write it. */
  @Column({ name: 'grant_generation', type: 'integer', default: 0 })
  grantGeneration!: number;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: columns.userId, foreignKeyConstraintName: 'oauth_client_user_id_fkey' })
  user?: Relation<UserEntity>;
}
