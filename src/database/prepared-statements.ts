import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { DatabasePool } from '../../runtime/database/database-pool';
import { PreparedQueries } from '../../runtime/database/prepared-statements';

export type { Query } from '../../runtime/database/prepared-statements';

/** Statements on the pool of the API, without an entity manager. */
@Injectable()
export class PreparedStatements extends PreparedQueries {
  constructor(@InjectDataSource() dataSource: DataSource) {
    super(() => poolOf(dataSource));
  }
}

/** The connections of the API. */
export function poolOf({ driver }: DataSource): DatabasePool {
  return (driver as unknown as { master: DatabasePool }).master;
}
