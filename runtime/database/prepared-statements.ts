import type { CustomTypesConfig, Pool } from 'pg';
import { findServerError } from './database-errors';

export interface Query {
  /** The unique name of the prepared statement; without a name it is not prepared. */
  name?: string;
  text: string;
  values: unknown[];
  /** Parsers of column values; without it, those of `pg`. */
  types?: CustomTypesConfig;
}

/**
 * Errors of PostgreSQL or a pooler for a named statement that the connection does not have,
 * already has, or has with other columns: 26000, 42P05, 0A000.
 */
const NAME_FAULTS: readonly string[] = ['26000', '42P05', '0A000'];

/**
 * Runs the statements of frequent requests on the pool itself. Each connection parses and plans
 * them once. Behind a pooler that does not keep prepared statements, they are sent as text after
 * the first fault.
 */
export class PreparedQueries {
  private areNamed = true;

  constructor(private readonly findPool: () => Pick<Pool, 'query'>) {}

  async run<Row>({ name, ...query }: Query): Promise<Row[]> {
    if (name === undefined || !this.areNamed) return this.send<Row>(query);
    try {
      return await this.send<Row>({ name, ...query });
    } catch (error) {
      if (!NAME_FAULTS.includes(findServerError(error)?.code ?? '')) throw error;
      this.areNamed = false;
      return this.send<Row>(query);
    }
  }

  private async send<Row>(query: Query): Promise<Row[]> {
    const { rows } = await this.findPool().query(query);
    return rows as Row[];
  }
}
