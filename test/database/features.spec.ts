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
