import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A scope that is removed is taken away from all clients, also from one that is created in
 * parallel. The auth server cannot lock rows of "oauth_resource_scope", which it only reads.
 * Therefore a client is created under a shared advisory lock (contract/locks.ts,
 * `resourceScopes`), and the removal of scopes waits for it: it then sees the new client. A client
 * that waits for the removal no longer finds the scope.
 */
export class AwaitNewClients1795689101000 implements MigrationInterface {
  readonly name = 'AwaitNewClients1795689101000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, 'PERFORM pg_advisory_xact_lock(7319045561207);');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, '');
  }
}

async function replace(queryRunner: QueryRunner, lock: string): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  await queryRunner.query(endScopes(schema, lock));
}

const endScopes = (schema: string, lock: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_end_resource_scopes"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, ${schema}, pg_temp SET enable_nestloop = off AS $$
  DECLARE
    names text[];
  BEGIN
    IF TG_OP = 'DELETE' THEN
      SELECT array_agg(name) INTO names FROM old_rows;
    ELSE
      SELECT array_agg(o.name) INTO names
        FROM old_rows o LEFT JOIN new_rows n ON n.name = o.name AND n.resource = o.resource
       WHERE n.name IS NULL;
    END IF;
    IF names IS NULL THEN
      RETURN NULL;
    END IF;
    ${lock}
    UPDATE oauth_client
       SET scopes = scopes - names, client_credentials_scopes = client_credentials_scopes - names
     WHERE scopes ?| names OR client_credentials_scopes ?| names;
    UPDATE oauth_consent SET scopes = scopes - names WHERE scopes ?| names;
    DELETE FROM oauth_refresh_token WHERE scopes ?| names;
    RETURN NULL;
  END $$`;
