import { Injectable } from '@nestjs/common';
import type { ListUsers, UserPage } from './users.schemas';
import { countQuery, keyOf, pageQuery, toUser } from './user-list.query';
import { Cursors, type CursorSequence } from '../../common/pagination/cursor';
import { PreparedStatements } from '../../database/prepared-statements';
import type { User } from '../../users/user.schemas';

/** The list of users, in pages with a cursor. */
@Injectable()
export class UserListService {
  constructor(
    private readonly statements: PreparedStatements,
    private readonly cursors: Cursors,
  ) {}

  /** @throws {Problem} `validation_failed` when the cursor belongs to another list. */
  async listUsers(query: ListUsers): Promise<UserPage> {
    const { cursor, limit, sort } = query;
    const sequence = sequenceOf(query);
    const start = cursor === undefined ? null : await this.cursors.parseCursor(cursor, sequence);
    const total = query.include === 'total' ? await this.count(query) : undefined;
    const rows = await this.statements.run<User>(pageQuery(query, start));
    const items = rows.slice(0, limit).map(toUser);
    const isLast = rows.length <= limit;
    return {
      items,
      nextCursor: isLast
        ? null
        : await this.cursors.toCursor({ ...sequence, ...keyOf(items.at(-1)!, sort) }),
      ...(total !== undefined && { total }),
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
