import { Column, Entity, PrimaryColumn } from 'typeorm';
import { OAUTH_TABLES } from '../../../contract';

const { name: table, columns } = OAUTH_TABLES.oauthClientAssertion;

/** An assertion by which a client has proved itself, so that it counts once (RFC 7523). */
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
