import { DataSource, type EntityManager } from 'typeorm';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel';
import { repeatOnConflict } from '../../runtime/database/repeated-transaction';

type Work<T> = (manager: EntityManager) => Promise<T>;

/**
 * Repeats a transaction that PostgreSQL rolled back because of another one. The work of a
 * transaction therefore changes rows and nothing else.
 */
export class RepeatingDataSource extends DataSource {
  /** Stands for both overloads: with and without an isolation level. */
  override transaction<T>(...parameters: [IsolationLevel, Work<T>] | [Work<T>]): Promise<T> {
    return repeatOnConflict(() => super.transaction(...(parameters as [Work<T>])));
  }
}
