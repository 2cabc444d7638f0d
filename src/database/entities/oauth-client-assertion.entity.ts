import { Column, Entity, PrimaryColumn } from 'typeorm';
import { OAUTH_TABLES } from '../../../contract';

const { name: table, columns } = OAUTH_TABLES.oauthClientAssertion;

/** An assertion that has authenticated a client. It is accepted once (RFC 7523). */
@Entity(table)
export class OAuthClientAssertionEntity {
  @PrimaryColumn({
    name: columns.id,
    type: 'text',
    primaryKeyConstraintName: 'oauth_client_assertion_pkey',
  })
  id!: string;

  @Column({ name: columns.expiresAt, type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
