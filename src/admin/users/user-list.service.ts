import { Injectable } from '@nestjs/common';
import type { ListUsers } from './users.schemas';
import { countQuery, keyOf, type PageRow, pageQuery, toItems } from './user-list.query';
import { Cursors, type CursorSequence } from '../../common/pagination/cursor';
import { PreparedStatements } from '../../database/prepared-statements';

/** A page in the response shape. */
export interface PageAnswer {
  /** JSON. */
  text: string;
  nextCursor: string | null;
}

/** The list of users, in pages with a cursor. */
@Injectable()
export class UserListService {
  constructor(
    private readonly statements: PreparedStatements,
    private readonly cursors: Cursors,
  ) {}

  /** @throws {Problem} `validation_failed` when the cursor belongs to another list. */
  async listUsers(query: ListUsers): Promise<PageAnswer> {
    const { cursor, limit, sort } = query;
    const sequence = sequenceOf(query);
    const start = cursor === undefined ? null : await this.cursors.parseCursor(cursor, sequence);
    const total = query.include === 'total' ? await this.count(query) : null;
    const [row] = await this.statements.run<PageRow>(pageQuery(query, start));
    const { text, last } = toItems(row!, limit);
    const nextCursor = last && (await this.cursors.toCursor({ ...sequence, ...keyOf(last, sort) }));
    const end = total === null ? '}' : `,"total":${total}}`;
    return {
      text: `{"items":[${text}],"nextCursor":${JSON.stringify(nextCursor)}${end}`,
      nextCursor,
    };
  }

  private async count(query: ListUsers): Promise<number> {
    const [row] = await this.statements.run<{ total: number }>(countQuery(query));
    return row!.total;
  }
}

/** The page size and the count may change from page to page. The filters and the order may not. */
function sequenceOf({ sort, search, role, banned, emailVerified }: ListUsers): CursorSequence {
  return { list: 'users', order: sort, filters: { search, role, banned, emailVerified } };
}
