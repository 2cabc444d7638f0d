import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Column, CreateDateColumn, DataSource, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import type { EntityManager, Relation } from 'typeorm';
import { ROLES } from '../../contract';
import { findDeclarationFaults, findMissingFeatures } from '../../contract/declarations/faults';
import type { FeatureDeclaration } from '../../features/define-feature';
import { HOUSE_FEATURES } from '../../features/house-features';
import { findFeatureFaults, findUnlistedEntities } from '../../src/database/feature-check';
import { findReferenceFaults } from '../../src/database/feature-references';
import { Cursors } from '../../src/common/pagination/cursor';
import { readPage } from '../../src/common/pagination/keyset-pages';
import { listEntities } from '../../src/database/entities';
import { UserEntity } from '../../src/database/entities/user.entity';
import { findUnlistedMigrations } from '../../runtime/unlisted-migrations';
import { findRouteFaults } from '../../tools/features/routes';
import { findHiddenUsers, findUnreadTables } from '../support/documents/feature-tables';
import { createTestDatabase, type TestDatabase } from '../support/database';

@Entity('kept')
class KeptEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'user_id', type: 'text' })
  userId!: string;
}

@Entity('owned')
class OwnedEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE' })
  writer?: Relation<UserEntity>;
}

@Entity('entry')
class EntryEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  folder!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @CreateDateColumn({ name: 'read_at', type: 'timestamptz' })
  readAt!: Date;
}

class MovePlaces1795900000000 {
  name = 'CreatePlaces1795900000000';
}

@Entity('place')
class PlaceEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;
}

const exportUser = () => Promise.resolve([]);

/** Entities are read from their decorators; nothing is connected. */
class Unconnected extends DataSource {
  static async with(entities: (new () => object)[]): Promise<DataSource> {
    const dataSource = new Unconnected({
      type: 'postgres',
      entities: [...listEntities(), ...entities],
    });
    await dataSource.buildMetadatas();
    return dataSource;
  }
}

async function faultsOf(
  declaration: Pick<FeatureDeclaration, 'tables'>,
  api: { entities: (new () => object)[]; exportUser?: typeof exportUser },
): Promise<string[]> {
  const feature = { name: 'places', ...declaration };
  const dataSource = await Unconnected.with(api.entities);
  return findFeatureFaults({ feature, api, dataSource });
}

describe('the check of a feature at the start', () => {
  it('accepts tables without data about users', async () => {
    await expect(faultsOf({ tables: ['place'] }, { entities: [PlaceEntity] })).resolves.toEqual([]);
  });

  it('accepts data about users that is exported and ends with the user', async () => {
    const api = { entities: [OwnedEntity], exportUser };
    await expect(faultsOf({ tables: ['owned'] }, api)).resolves.toEqual([]);
  });

  it('refuses data about users that is not exported', async () => {
    await expect(faultsOf({ tables: ['owned'] }, { entities: [OwnedEntity] })).resolves.toEqual([
      'places: owned stores data about users, and exportUser is missing',
    ]);
  });

  it('refuses rows that stay after the user is deleted', async () => {
    const api = { entities: [KeptEntity], exportUser };
    await expect(faultsOf({ tables: ['kept'] }, api)).resolves.toEqual([
      'places: kept needs a relation to the user with onDelete',
    ]);
  });

  it('refuses a table that the declaration does not list', async () => {
    await expect(faultsOf({}, { entities: [PlaceEntity] })).resolves.toEqual([
      'places: `tables` of the declaration lacks place',
    ]);
  });

  it('names each entity that no feature lists', () => {
    const listed = [...listEntities(), KeptEntity, OwnedEntity, EntryEntity];
    expect(findUnlistedEntities(listed)).toEqual([
      'PlaceEntity is missing in `entities` of the `….api.ts` of its feature',
    ]);
    expect(findUnlistedEntities([...listed, PlaceEntity])).toEqual([]);
  });
});

describe('the tables of a feature', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    const entities = [EntryEntity];
    dataSource = new DataSource({ type: 'postgres', url: database.url, entities });
    await dataSource.initialize();
    await dataSource.query(`
      CREATE TABLE stall (author_id text REFERENCES "user" (id) ON DELETE CASCADE);
      CREATE TABLE guide (created_by text REFERENCES "user" (id));
      CREATE TABLE place (owner_id text)`);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const faultsIn = (tables: string[], api: object) =>
    findReferenceFaults({ feature: { name: 'places', tables }, api, dataSource });

  it('pages keep the parameters of the query, and refuse times that a cursor cannot hold', async () => {
    await dataSource.query(`CREATE TABLE entry (id text, folder text, created_at timestamptz(3), read_at timestamptz);
      INSERT INTO entry SELECT n, 'inbox', now(), now() FROM generate_series(1, 3) AS n`);
    const cursors = new Cursors(() => Promise.resolve(Buffer.from('key')));
    const read = (by: 'createdAt' | 'readAt', cursor?: string) => {
      const query = dataSource.manager.createQueryBuilder(EntryEntity, 'entry');
      query.where('entry.folder = :id', { id: 'inbox' });
      const keyOf = (row: EntryEntity) => ({ value: row[by].toISOString(), id: row.id });
      const order = { list: 'entries', by, direction: 'ASC', keyOf } as const;
      return readPage({ query, cursors }, { ...order, limit: 2, cursor });
    };
    const { nextCursor } = await read('createdAt');
    const { rows } = await read('createdAt', nextCursor!);
    expect(rows.map(({ id }) => id)).toEqual(['3']);
    await expect(read('readAt')).rejects.toThrow('EntryEntity.readAt needs `precision: 3`');
  });

  it('accepts rows that are exported and end with the user, and no other foreign keys', async () => {
    await expect(faultsIn(['stall'], { exportUser })).resolves.toEqual([]);
    await expect(faultsIn(['place'], {})).resolves.toEqual([]);
  });

  it('refuses a table without an export, whatever its column is called', async () => {
    await expect(faultsIn(['stall', 'place'], {})).resolves.toEqual([
      'places: stall refers to users, and exportUser is missing',
    ]);
  });

  it('refuses a declared column without an export', async () => {
    const feature = { name: 'places', tables: ['place'], userColumns: { 'place.owner_id': 'Tax' } };
    await expect(findReferenceFaults({ feature, api: {}, dataSource })).resolves.toEqual([
      'places: place refers to users, and exportUser is missing',
    ]);
  });

  it('finds by the rows a column without a foreign key, unless it is declared', async () => {
    await dataSource.query(`INSERT INTO "user" (id, name, email) VALUES ('u-1', 'U', 'u@example.com');
      INSERT INTO stall VALUES ('u-1'); INSERT INTO place VALUES ('U@example.com')`);
    const feature = { name: 'places', tables: ['stall', 'place'] };
    const query = (sql: string, values?: unknown[]) => dataSource.query<object[]>(sql, values);
    await expect(findHiddenUsers(feature, query)).resolves.toEqual([
      expect.stringMatching(/^places: place.owner_id holds ids or e-mail addresses of users: /),
    ]);
    const userColumns = { 'place.owner_id': 'Tax' };
    await expect(findHiddenUsers({ ...feature, userColumns }, query)).resolves.toEqual([]);
  });

  it('finds tables about users that the export does not read', async () => {
    const feature = { name: 'places', tables: ['stall', 'place', 'guide'] };
    const read = (manager: EntityManager) => manager.query('SELECT * FROM guide');
    await expect(findUnreadTables(feature, { exportUser: read }, dataSource)).resolves.toEqual([
      'places: exportUser does not read stall, which is about users',
    ]);
  });

  it('refuses rows that the deletion of a user does not end', async () => {
    await expect(faultsIn(['guide'], { exportUser })).resolves.toEqual([
      'places: the foreign key guide_created_by_fkey needs ON DELETE CASCADE or SET NULL',
    ]);
  });
});

describe('a migration in the folder of a feature', () => {
  class CreatePlaces1795466001000 {
    readonly name = 'CreatePlaces1795466001000';
  }
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-features-'));
  const files = ['1795466001000-CreatePlaces.js', '1795466002000-AddColor.js', 'notes.js'];

  beforeAll(() => {
    mkdirSync(join(folder, 'places/migrations'), { recursive: true });
    for (const file of files) writeFileSync(join(folder, 'places/migrations', file), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is named with the declaration when it is not listed there', () => {
    const places = { name: 'places', migrations: [CreatePlaces1795466001000] };
    expect(findUnlistedMigrations([places, { name: 'others' }], folder)).toEqual([
      'features/places/migrations/1795466002000-AddColor.ts is missing in `migrations` of features/places/places.feature.ts',
    ]);
  });
});

describe('a declaration with a fault', () => {
  const scope = { meaning: 'Text.', consent: 'text', opens: {} };
  const problem = { status: 409, title: 'Text', meaning: 'Text.' };

  it.each<[Partial<FeatureDeclaration>, string]>([
    [{ name: 'Places' }, 'Places: `name` consists of lower-case letters, digits and hyphens'],
    [
      { scopes: { 'places:read': { ...scope, consent: ' ' } } },
      'places: the text of the consent page for the scope places:read (`consent`) is missing',
    ],
    [
      { scopes: { 'places read': scope } },
      'places: "places read" in `scopes` does not consist of letters, digits and `:._/-`',
    ],
    [
      { roles: { 'guide,admin': 'Text' } },
      'places: "guide,admin" in `roles` does not consist of lower-case letters, digits, hyphens and underscores',
    ],
    [{ roles: { guide: '' } }, 'places: what the role guide may do is missing'],
    [
      { auditActions: ['made'] },
      'places: "made" in `auditActions` does not consist of `<what it is about>.<what happened>`',
    ],
    [
      { problems: { far_away: { ...problem, status: 200 } } },
      'places: the problem far_away has the status 200, which is no error',
    ],
    [
      { routes: { 'GET /api/v1/places': 'guides' } },
      'places: GET /api/v1/places is declared for guides, which no feature has in `roles`',
    ],
    [
      { routes: { '/api/v1/places': 'open' } },
      'places: /api/v1/places in `routes` is not `<METHOD> /<path>`',
    ],
    [
      { settings: { placesUrl: { meaning: 'Text' } } },
      'places: "placesUrl" in `settings` does not consist of upper-case letters, digits and underscores',
    ],
    [
      { settings: { PLACES_URL: { meaning: '' } } },
      'places: the `meaning` of the setting PLACES_URL is missing',
    ],
    [
      {
        settings: {
          PLACES_MOST: { meaning: 'Text', default: 'many', fault: () => 'must be a number' },
        },
      },
      'places: the `default` of the setting PLACES_MOST must be a number',
    ],
    [
      { migrations: [PlaceEntity] },
      'places: the name of the migration PlaceEntity does not end with 13 digits',
    ],
    [
      { migrations: [MovePlaces1795900000000] },
      'places: the class of the migration CreatePlaces1795900000000 has another name, MovePlaces1795900000000',
    ],
  ])('is named in one sentence: %j', (declaration, fault) => {
    const roles = ['admin', 'user'];
    expect(findDeclarationFaults({ name: 'places', ...declaration }, roles)).toEqual([fault]);
  });

  it('is named when it uses a feature that is not installed', () => {
    const comments = { name: 'comments', uses: ['notes', 'places'] };
    expect(findMissingFeatures(comments, ['comments', 'places'])).toEqual([
      'comments: `uses` names notes, which is no installed feature',
    ]);
  });

  it('has no fault in Gatehouse', () => {
    expect(HOUSE_FEATURES.flatMap((one) => findDeclarationFaults(one, ROLES))).toEqual([]);
  });
});

describe('the routes of a feature', () => {
  const PATH = '/api/v1/places';
  const own = { paths: {} };

  function routeFaultsOf(operation: object, routes: Record<string, string>): string[] {
    const get = { operationId: 'listPlaces', tags: ['Places'], ...operation };
    const whole = { tags: [{ name: 'Places' }], paths: { [PATH]: { get } } };
    return findRouteFaults(whole, { routes, own });
  }

  it('agree with its declaration', () => {
    expect(routeFaultsOf({}, { [`GET ${PATH}`]: 'open' })).toEqual([]);
  });

  it.each<[title: string, operation: object, routes: Record<string, string>, fault: string]>([
    [
      'missing in the declaration',
      { security: [{}] },
      {},
      `GET ${PATH} is missing in \`routes\` of its feature. Its callers are 'user'.`,
    ],
    [
      'for other callers',
      { security: [{}], 'x-roles': ['admin'] },
      { [`GET ${PATH}`]: 'open' },
      `GET ${PATH} has the callers 'open' in \`routes\`, and 'admin' by its decorators.`,
    ],
    [
      'without a controller',
      {},
      { [`GET ${PATH}`]: 'open', [`PUT ${PATH}`]: 'user' },
      `No controller has the route PUT ${PATH} of \`routes\`.`,
    ],
    [
      'with an unknown tag',
      { tags: ['Place'] },
      { [`GET ${PATH}`]: 'open' },
      `GET ${PATH} uses the tag Place, which no feature declares.`,
    ],
    [
      'with an unknown scope',
      { 'x-scopes': ['places:reed'] },
      { [`GET ${PATH}`]: 'open' },
      `GET ${PATH} uses the scope places:reed, which no feature declares.`,
    ],
  ])('%s are a fault', (_title, operation, routes, fault) => {
    expect(routeFaultsOf(operation, routes)).toEqual([fault]);
  });

  it('have one operationId each', () => {
    const get = { operationId: 'listPlaces' };
    const paths = { [PATH]: { get, post: get } };
    const routes = { [`GET ${PATH}`]: 'open', [`POST ${PATH}`]: 'open' };
    expect(findRouteFaults({ paths }, { routes, own })).toEqual([
      'Two routes have the operationId listPlaces.',
    ]);
  });
});

describe('a name that is declared twice', () => {
  const text = { meaning: 'Text.', consent: 'text', opens: {} };
  const problem = { status: 409, title: 'Text', meaning: 'Text.' };
  const setting = { meaning: 'Text' };
  const ROUTE = 'GET /api/v1/places';

  /** Loads the contract again, with these features beside those of Gatehouse. */
  function load(features: readonly Partial<FeatureDeclaration>[]): void {
    jest.isolateModules(() => {
      const list = jest.requireActual<{ FEATURES: object[] }>('../../features/features');
      list.FEATURES.push(...features.map((feature, index) => ({ name: `f${index}`, ...feature })));
      jest.requireActual('../../src/common/problems/problem-codes');
      jest.requireActual('../../runtime/settings/feature-settings');
      jest.requireActual('../../src/openapi/tags');
    });
  }

  it.each<[Partial<FeatureDeclaration>, string]>([
    [{ name: 'places' }, 'places is declared twice in the names'],
    [{ tags: { Places: 'Text' } }, 'Places is declared twice in the tags'],
    [{ roles: { guide: 'Text' } }, 'guide is declared twice in the roles'],
    [{ scopes: { 'places:read': text } }, 'places:read is declared twice in the scopes'],
    [{ auditActions: ['place.made'] }, 'place.made is declared twice in the auditActions'],
    [{ auditSubjects: ['place'] }, 'place is declared twice in the auditSubjects'],
    [{ problems: { far_away: problem } }, 'far_away is declared twice in the problems'],
    [{ routes: { [ROUTE]: 'open' } }, `${ROUTE} is declared twice in the routes`],
    [{ tables: ['place'] }, 'place is declared twice in the tables'],
    [{ settings: { PLACES_URL: setting } }, 'PLACES_URL is declared twice in the settings'],
  ])('by two features ends the start: %j', (feature, message) => {
    expect(() => load([feature])).not.toThrow();
    expect(() => load([feature, feature])).toThrow(message);
  });

  it.each<[Partial<FeatureDeclaration>, string]>([
    [{ name: 'administration' }, 'administration is declared twice in the names'],
    [{ tags: { Users: 'Text' } }, 'Users is declared twice in the tags'],
    [{ roles: { admin: 'Text' } }, 'admin is declared twice in the roles'],
    [{ scopes: { openid: text } }, 'openid is declared twice in the scopes'],
    [{ auditActions: ['user.banned'] }, 'user.banned is declared twice in the auditActions'],
    [{ auditSubjects: ['user'] }, 'user is declared twice in the auditSubjects'],
    [{ problems: { not_found: problem } }, 'not_found is declared twice in the problems'],
    [{ tables: ['session'] }, 'session is declared twice in the tables'],
    [{ settings: { API_URL: setting } }, 'API_URL is declared twice in the settings'],
  ])('by Gatehouse and a feature ends the start: %j', (feature, message) => {
    expect(() => load([feature])).toThrow(message);
  });
});
