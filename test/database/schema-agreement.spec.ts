import { getSchema } from 'better-auth/db';
import { getMigrations } from 'better-auth/db/migration';
import { twoFactor } from 'better-auth/plugins';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { FEATURE_TABLES, INSTALLED_FEATURES } from '../../contract';
import { createLogger } from '../../runtime/logger';
import { authSettings } from '../support/auth-server/auth-settings';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { findUnreadTables } from '../support/documents/feature-tables';
import { toFeatureApi } from '../../src/common/feature-api';
import { loadNatively } from '../support/native/load';
import { readKeys, type KeyDescription } from './catalog';

type Assembly = typeof import('../../auth-server/better-auth/auth');
type Mailers = typeof import('../../auth-server/mail/mailer');
type OrmConfig = typeof import('../../ormconfig');

const { createAuth } = loadNatively('auth-server/better-auth/auth') as Assembly;
const { createMailer } = loadNatively('auth-server/mail/mailer') as Mailers;

/** Keys that the database holds beyond what Better-Auth asks for. */
const OWN_UNIQUE_KEYS = [
  'account (provider_id, account_id)',
  'passkey (credential_id)',
  'two_factor (user_id)',
];

/**
 * The end of access must not write the tokens of a grant, and the deletion of a client not its
 * consents.
 */
const OMITTED_FOREIGN_KEYS =
  /^oauth_refresh_token \((client_id|session_id|user_id)\)|^oauth_consent \(client_id\)/;

/** Columns that Better-Auth does not know. */
const OWN_COLUMNS: Record<string, string[]> = { oauth_client: ['grant_generation'] };

let database: TestDatabase;
let pool: Pool;
let options: ReturnType<typeof createAuth>['options'];
let schema: ReturnType<typeof getSchema>;
let keys: KeyDescription[];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url });
  const logger = createLogger('test', 'silent');
  const config = authSettings(database.url);
  const mailer = createMailer({ config, pool, logger });
  options = createAuth({ config, pool, logger, mailer }).options;
  schema = getSchema(options);
  keys = await readKeys(pool);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe("the migrated database, compared with Better-Auth's models", () => {
  it('has every table, column and index, and no column that refuses an insert', async () => {
    const { plan } = await planMigration();
    expect(plan.toBeCreated).toEqual([]);
    expect(plan.toBeAdded).toEqual([]);
    expect(plan.toBeAddedIndexes).toEqual([]);
    expect(plan.unsafeChanges).toEqual([]);
    expect(plan.schemaProblems).toEqual([]);
  });

  it('has the expected type in every column, and NOT NULL where it is expected', async () => {
    // Better-Auth reports these two only as a warning.
    const { warnings } = await planMigration();
    expect(warnings).toEqual([]);
  });

  it('has exactly the expected unique keys and our own', () => {
    const wanted = columnsWhere((field) => field.unique === true);
    expect(describeKeys('unique')).toEqual([...wanted, ...OWN_UNIQUE_KEYS].sort());
  });

  it('has exactly the expected foreign keys and actions on delete', () => {
    const wanted = Object.entries(schema).flatMap(([table, { fields }]) =>
      Object.entries(fields).flatMap(([column, { references }]) =>
        references
          ? [
              `${table} (${column}) → ${references.model} (${toColumn(references.field)}) on delete ${references.onDelete ?? 'cascade'}`,
            ]
          : [],
      ),
    );
    const [omitted, others] = [true, false].map((isOmitted) =>
      wanted.filter((key) => OMITTED_FOREIGN_KEYS.test(key) === isOmitted),
    );
    expect(omitted).toHaveLength(4);
    expect(describeKeys('foreign')).toEqual(others!.sort());
  });

  it('has an index that begins with each column used in look-ups', () => {
    const indexed = keys
      .filter(({ kind }) => kind === 'index' || kind === 'unique')
      .map(({ table, columns }) => `${table} (${columns[0]})`);
    expect(indexed).toEqual(expect.arrayContaining(columnsWhere((field) => field.index === true)));
  });

  it('has a text primary key in every table', () => {
    const wanted = Object.keys(schema).map((table) => `${table} (id)`);
    // The row of each process; no table of Better-Auth.
    const others = ['readiness_probe (process)'];
    expect(describeKeys('primary')).toEqual([...wanted, ...others].sort());
  });

  it('is reported when an upgrade needs another table or column', async () => {
    const { plan } = await planMigration([...options.plugins, twoFactor()]);
    expect(plan.toBeCreated.map(({ table }) => table)).toEqual(['twoFactor']);
    expect(plan.toBeAdded.map(({ table }) => table)).toEqual(['user']);
  });
});

describe('the entities of ormconfig.ts, compared with the migrated database', () => {
  let dataSource: DataSource;

  beforeAll(async () => {
    const { betterAuthSecret, internalSecret } = authSettings(database.url);
    Object.assign(process.env, {
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: betterAuthSecret,
      INTERNAL_SECRET: internalSecret,
    });
    dataSource = jest.requireActual<OrmConfig>('../../ormconfig').default;
    await dataSource.initialize();
  });

  afterAll(() => dataSource.destroy());

  it('need no change of the schema', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('contain every column of their tables', () => {
    for (const [table, { fields }] of Object.entries(schema)) {
      const columns = dataSource.entityMetadatas
        .find(({ tableName }) => tableName === table)!
        .columns.map(({ databaseName }) => databaseName);
      const wanted = ['id', ...Object.keys(fields), ...(OWN_COLUMNS[table] ?? [])];
      expect(columns.sort()).toEqual(wanted.sort());
    }
  });

  it('about users are read by the export of their feature', async () => {
    const faults = await Promise.all(
      INSTALLED_FEATURES.map((feature) =>
        findUnreadTables(feature, toFeatureApi(feature) ?? {}, dataSource),
      ),
    );
    expect(faults.flat()).toEqual([]);
  });

  it('omit credentials unless a query names them', () => {
    const own = dataSource.entityMetadatas.filter(
      ({ tableName }) => !FEATURE_TABLES.includes(tableName),
    );
    const hidden = own.flatMap(({ tableName, columns }) =>
      columns
        .filter(({ isSelect }) => !isSelect)
        .map(({ databaseName }) => `${tableName}.${databaseName}`),
    );
    expect(hidden.sort()).toEqual([
      'account.access_token',
      'account.id_token',
      'account.password',
      'account.refresh_token',
      'jwks.private_key',
      'oauth_access_token.token',
      'oauth_client.client_secret',
      'oauth_refresh_token.rotation_replay_response',
      'oauth_refresh_token.token',
      'session.authentication_methods',
      'session.begun_in',
      'session.token',
      'two_factor.backup_codes',
      'two_factor.secret',
      'verification.value',
    ]);
  });
});

async function planMigration(plugins: object[] = options.plugins) {
  const warnings: string[] = [];
  const logger = {
    level: 'warn' as const,
    log: (_level: string, message: string) => void warnings.push(message),
  };
  const plan = await getMigrations(
    { ...options, logger, plugins: plugins as typeof options.plugins },
    { throwOnUnsafe: false },
  );
  return { plan, warnings };
}

type Field = (typeof schema)[string]['fields'][string];

function columnsWhere(accepts: (field: Field) => boolean): string[] {
  return Object.entries(schema).flatMap(([table, { fields }]) =>
    Object.entries(fields)
      .filter(([, field]) => accepts(field))
      .map(([column]) => `${table} (${column})`),
  );
}

/** Better-Auth maps the columns of a table, but not the columns in references. */
function toColumn(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function describeKeys(kind: KeyDescription['kind']): string[] {
  return keys
    .filter((key) => key.kind === kind)
    .map(({ table, columns, target }) => `${table} (${columns.join(', ')})${target}`)
    .sort();
}
