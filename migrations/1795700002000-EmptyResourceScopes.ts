import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `TRUNCATE` of "oauth_resource_scope" left the names of the scopes in clients, which had them
 * again when a resource server was registered with the same names. The rows are deleted first, so
 * that a truncation does what a deletion does (AwaitNewClients1795689101000).
 */
export class EmptyResourceScopes1795700002000 implements MigrationInterface {
  readonly name = 'EmptyResourceScopes1795700002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    await queryRunner.query(`
      CREATE FUNCTION "gatehouse_empty_resource_scopes"() RETURNS trigger LANGUAGE plpgsql
      SET search_path = pg_catalog, ${schema}, pg_temp AS $$
      BEGIN
        DELETE FROM oauth_resource_scope;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "oauth_resource_scope_emptied" BEFORE TRUNCATE ON "oauth_resource_scope"
        EXECUTE FUNCTION "gatehouse_empty_resource_scopes"()`);
    await queryRunner.query(`
      ALTER TABLE "oauth_resource_scope" ENABLE ALWAYS TRIGGER "oauth_resource_scope_emptied"`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TRIGGER "oauth_resource_scope_emptied" ON "oauth_resource_scope"',
    );
    await queryRunner.query('DROP FUNCTION "gatehouse_empty_resource_scopes"()');
  }
}
