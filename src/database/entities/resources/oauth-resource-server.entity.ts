import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { OAuthClientEntity } from '../oauth-client.entity';
import { OAuthResourceEntity } from '../oauth-resource.entity';

/** A client with which a resource server asks about the tokens for its resource (RFC 7662). */
@Entity('oauth_resource_server')
@Index('oauth_resource_server_client_id_idx', ['clientId'])
export class OAuthResourceServerEntity {
  /** Identifier of the resource. */
  @PrimaryColumn({
    name: 'resource',
    type: 'text',
    primaryKeyConstraintName: 'oauth_resource_server_pkey',
  })
  resource!: string;

  @PrimaryColumn({
    name: 'client_id',
    type: 'text',
    primaryKeyConstraintName: 'oauth_resource_server_pkey',
  })
  clientId!: string;

  @ManyToOne(() => OAuthResourceEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({
    name: 'resource',
    referencedColumnName: 'identifier',
    foreignKeyConstraintName: 'oauth_resource_server_resource_fkey',
  })
  resourceRow?: Relation<OAuthResourceEntity>;

  @ManyToOne(() => OAuthClientEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({
    name: 'client_id',
    referencedColumnName: 'clientId',
    foreignKeyConstraintName: 'oauth_resource_server_client_id_fkey',
  })
  client?: Relation<OAuthClientEntity>;
}
