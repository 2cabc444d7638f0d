import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { Cursors, CursorPosition, CursorSequence } from './cursor';

/** The order of a list and its page size. */
export interface Keyset<Row> {
  /** Name of the list, and what narrows it: a cursor belongs to one list with its filters. */
  list: string;
  filters?: CursorSequence['filters'];
  /** The property of the entity by which the list is ordered; the id follows. */
  by: string;
  direction: 'ASC' | 'DESC';
  /** Where a row stands in the order. */
  keyOf: (row: Row) => CursorPosition;
}

export interface RowPage<Row> {
  rows: Row[];
  nextCursor: string | null;
}

/**
 * Reads one page of a query. A page starts after the last row of the page before, so each page
 * costs the same, and new rows move none. The table needs an index on the ordered column and the
 * id. The column is `NOT NULL`: rows without a value would be missing.
 *
 * @param query with its filters; the order and the limit are added here.
 * @throws {Error} when the column has times that are finer than those of JavaScript.
 * @throws {Problem} `validation_failed` when the cursor is of another list than the query's.
 */
export async function readPage<Row extends ObjectLiteral>(
  { query, cursors }: { query: SelectQueryBuilder<Row>; cursors: Cursors },
  { limit, cursor, ...keyset }: Keyset<Row> & { limit: number; cursor?: string },
): Promise<RowPage<Row>> {
  const { list, filters, by, direction, keyOf } = keyset;
  const sequence = { list, order: `${direction === 'DESC' ? '-' : ''}${by}`, filters };
  const { alias } = query;
  assertWholeMilliseconds(query, by);
  if (cursor !== undefined) {
    const start = await cursors.parseCursor(cursor, sequence);
    const comparison = direction === 'DESC' ? '<' : '>';
    query.andWhere(`(${alias}.${by}, ${alias}.id) ${comparison} (:pageValue, :pageId)`, {
      pageValue: start.value,
      pageId: start.id,
    });
  }
  // One additional row shows whether another page follows.
  query.orderBy(`${alias}.${by}`, direction).addOrderBy(`${alias}.id`, direction);
  const found = await query.limit(limit + 1).getMany();
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return {
    rows,
    nextCursor: last ? await cursors.toCursor({ ...sequence, ...keyOf(last) }) : null,
  };
}

/** A cursor has the time of a `Date`. With finer times in the column, rows would be on two pages or on none. */
function assertWholeMilliseconds<Row extends ObjectLiteral>(
  { expressionMap: { mainAlias } }: SelectQueryBuilder<Row>,
  by: string,
): void {
  const { type, precision } = mainAlias?.metadata.findColumnWithPropertyName(by) ?? {};
  if (!String(type).startsWith('timestamp') || (precision ?? 6) <= 3) return;
  throw new Error(
    `${mainAlias!.metadata.name}.${by} needs \`precision: 3\` to order pages, and timestamp(3) in the table`,
  );
}
