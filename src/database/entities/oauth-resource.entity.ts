import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import { OAUTH_TABLES } from '../../../contract';
import { PlainTexts } from '../decorators/plain-texts.decorator';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = OAUTH_TABLES.oauthResource;

/**
 * What tokens are for (RFC 8707). The auth server writes the row of this API at its start,
 * administrators register the others.
 */
@Entity(table)
@PlainTexts(table, [columns.name])
@ReadableTimes(table, [columns.createdAt, columns.updatedAt])
@Unique('oauth_resource_identifier_key', ['identifier'])
export class OAuthResourceEntity {
  @PrimaryColumn({
    name: columns.id,
    type: 'text',
    primaryKeyConstraintName: 'oauth_resource_pkey',
  })
  id!: string;

  @Column({ name: columns.identifier, type: 'text' })
  identifier!: string;

  @Column({ name: columns.name, type: 'text' })
  name!: string;

  @Column({ name: columns.accessTokenTtl, type: 'integer', nullable: true })
  accessTokenTtl!: number | null;

  @Column({ name: columns.refreshTokenTtl, type: 'integer', nullable: true })
  refreshTokenTtl!: number | null;

  @Column({ name: columns.signingAlgorithm, type: 'text', nullable: true })
  signingAlgorithm!: string | null;

  @Column({ name: columns.signingKeyId, type: 'text', nullable: true })
  signingKeyId!: string | null;

  @Column({ name: columns.allowedScopes, type: 'jsonb', nullable: true })
  allowedScopes!: string[] | null;

  @Column({ name: columns.customClaims, type: 'jsonb', nullable: true })
  customClaims!: object | null;

  @Column({
    name: columns.dpopBoundAccessTokensRequired,
    type: 'boolean',
    nullable: true,
    default: false,
  })
  dpopBoundAccessTokensRequired!: boolean | null;

  @Column({ name: columns.disabled, type: 'boolean', nullable: true, default: false })
  disabled!: boolean | null;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, nullable: true })
  createdAt!: Date | null;

  @Column({ name: columns.updatedAt, type: 'timestamptz', precision: 3, nullable: true })
  updatedAt!: Date | null;

  @Column({ name: columns.policyVersion, type: 'integer', nullable: true })
  policyVersion!: number | null;

  @Column({ name: columns.metadata, type: 'jsonb', nullable: true })
  metadata!: object | null;
}
