import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { PlainTexts } from '../../decorators/plain-texts.decorator';
import { OAuthResourceEntity } from '../oauth-resource.entity';

/** A scope of a resource that an administrator has registered. Its name is its key. */
@Entity('oauth_resource_scope')
@PlainTexts('oauth_resource_scope', ['description'])
@Index('oauth_resource_scope_resource_idx', ['resource'])
@Check('oauth_resource_scope_name_check', `"name" ~ '^[A-Za-z0-9][A-Za-z0-9:._/-]{0,99}$'`)
export class OAuthResourceScopeEntity {
  @PrimaryColumn({
    name: 'name',
    type: 'text',
    primaryKeyConstraintName: 'oauth_resource_scope_pkey',
  })
  name!: string;

  /** Identifier of the resource. */
  @Column({ name: 'resource', type: 'text' })
  resource!: string;

  /** Shown to users who are asked for consent. */
  @Column({ name: 'description', type: 'text' })
  description!: string;

  @ManyToOne(() => OAuthResourceEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({
    name: 'resource',
    referencedColumnName: 'identifier',
    foreignKeyConstraintName: 'oauth_resource_scope_resource_fkey',
  })
  resourceRow?: Relation<OAuthResourceEntity>;
}
