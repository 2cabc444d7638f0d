import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { OAUTH_TABLES } from '../../../contract';
import { OAuthClientEntity } from './oauth-client.entity';
import { OAuthResourceEntity } from './oauth-resource.entity';
import { ReadableTimes } from '../decorators/readable-times.decorator';

const { name: table, columns } = OAUTH_TABLES.oauthClientResource;

/** The clients that may request tokens for a resource. An empty table allows every client. */
@Entity(table)
@ReadableTimes(table, [columns.createdAt])
@Index('oauth_client_resource_client_id_resource_id_uidx', ['clientId', 'resourceId'], {
  unique: true,
})
@Index('oauth_client_resource_client_id_idx', ['clientId'])
@Index('oauth_client_resource_resource_id_idx', ['resourceId'])
export class OAuthClientResourceEntity {
  @PrimaryColumn({
    name: columns.id,
    type: 'text',
    primaryKeyConstraintName: 'oauth_client_resource_pkey',
  })
  id!: string;

  @Column({ name: columns.clientId, type: 'text' })
  clientId!: string;

  @Column({ name: columns.resourceId, type: 'text' })
  resourceId!: string;

  @Column({ name: columns.metadata, type: 'jsonb', nullable: true })
  metadata!: object | null;

  @Column({ name: columns.createdAt, type: 'timestamptz', precision: 3, nullable: true })
  createdAt!: Date | null;

  @ManyToOne(() => OAuthClientEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({
    name: columns.clientId,
    referencedColumnName: 'clientId',
    foreignKeyConstraintName: 'oauth_client_resource_client_id_fkey',
  })
  client?: Relation<OAuthClientEntity>;

  @ManyToOne(() => OAuthResourceEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({
    name: columns.resourceId,
    referencedColumnName: 'identifier',
    foreignKeyConstraintName: 'oauth_client_resource_resource_id_fkey',
  })
  resource?: Relation<OAuthResourceEntity>;
}
