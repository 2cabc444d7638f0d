import { Column, DataSource, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { FeatureDeclaration } from '../../features/define-feature';
import { findFeatureFaults } from '../../src/database/feature-check';
import { listEntities } from '../../src/database/entities';
import { UserEntity } from '../../src/database/entities/user.entity';

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
});

describe('a name that is declared twice', () => {
  const text = { meaning: 'Text.', consent: 'text', opens: {} };
  const problem = { status: 409, title: 'Text', meaning: 'Text.' };
  const ROUTE = 'GET /api/v1/places';

  /** Loads the contract again, with these features beside those of Gatehouse. */
  function load(features: readonly Partial<FeatureDeclaration>[]): void {
    jest.isolateModules(() => {
      const list = jest.requireActual<{ FEATURES: object[] }>('../../features/features');
      list.FEATURES.push(...features.map((feature, index) => ({ name: `f${index}`, ...feature })));
      jest.requireActual('../../src/common/problems/problem-codes');
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
  ])('by Gatehouse and a feature ends the start: %j', (feature, message) => {
    expect(() => load([feature])).toThrow(message);
  });
});
