import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { OAUTH_TABLES } from '../../../contract';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = OAUTH_TABLES.oauthRefreshToken;

/**
 * A refresh token of a client, within the session that it was granted in. Kept as a hash. It rests on
 * the row of its grant, without foreign keys (migrations/1795811000000-EndGrantsInBoundedTime).
 */
@Entity(table)
@ReadableTimes(table, [
  columns.createdAt,
  columns.expiresAt,
  columns.revoked,
  columns.rotatedAt,
  columns.rotationReplayExpiresAt,
  columns.authTime,
])
@Unique('oauth_refresh_token_token_key', ['token'])
@Index('oauth_refresh_token_client_id_idx', ['clientId'])
@Index('oauth_refresh_token_session_id_idx', ['sessionId'])
@Index('oauth_refresh_token_user_id_idx', ['userId', 'createdAt', 'id'])
@Index('oauth_refresh_token_authorization_code_id_idx', ['authorizationCodeId'])
@Index('oauth_refresh_token_expires_at_idx', ['expiresAt'])
export class OAuthRefreshTokenEntity {
  @PrimaryColumn({
    name: columns.id,
    type: 'text',
    primaryKeyConstraintName: 'oauth_refresh_token_pkey',
  })
  id!: string;

  /** A hash: read only where it is asked for by name. */
  @Column({ name: columns.token, type: 'text', select: false })
  token?: string;

  @Column({ name: columns.clientId, type: 'text' })
  clientId!: string;

  @Column({ name: columns.sessionId, type: 'text', nullable: true })
  sessionId!: string | null;

  @Column({ name: columns.userId, type: 'text' })
  userId!: string;

  @Column({ name: columns.referenceId, type: 'text', nullable: true })
  referenceId!: string | null;

  @Column({ name: columns.authorizationCodeId, type: 'text', nullable: true })
  authorizationCodeId!: string | null;

  @Column({ name: columns.resources, type: 'jsonb', nullable: true })
  resources!: string[] | null;

  @Column({ name: columns.requestedUserInfoClaims, type: 'jsonb', nullable: true })
  requestedUserInfoClaims!: string[] | null;

  @Column({ name: columns.expiresAt, type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: columns.revoked, type: 'timestamptz', precision: 3, nullable: true })
  revoked!: Date | null;

  @Column({ name: columns.rotatedAt, type: 'timestamptz', precision: 3, nullable: true })
  rotatedAt!: Date | null;

  @Column({ name: columns.rotationReplayResponse, type: 'text', nullable: true, select: false })
  rotationReplayResponse?: string | null;

  @Column({
    name: columns.rotationReplayExpiresAt,
    type: 'timestamptz',
    precision: 3,
    nullable: true,
  })
  rotationReplayExpiresAt!: Date | null;

  @Column({ name: columns.authTime, type: 'timestamptz', precision: 3, nullable: true })
  authTime!: Date | null;

  @Column({ name: columns.confirmation, type: 'jsonb', nullable: true })
  confirmation!: object | null;

  @Column({ name: columns.scopes, type: 'jsonb' })
  scopes!: string[];
}
