import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { ListUsers, UserPage } from './users.schemas';
import { keyOf, matchingUsers, onePage } from './user-list.query';
import { toUser } from '../../users/user.mapper';
import { Cursors, type CursorSequence } from '../../common/pagination/cursor';

/** The list of users, in pages that follow each other by cursor. */
@Injectable()
export class UserListService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  /** @throws {Problem} `validation_failed` when the cursor is of another list than the query's. */
  async listUsers(query: ListUsers): Promise<UserPage> {
    const { cursor, limit, sort } = query;
    const sequence = sequenceOf(query);
    const start = cursor === undefined ? null : await this.cursors.parseCursor(cursor, sequence);
    const matching = matchingUsers(this.dataSource.manager, query);
    const total = query.include === 'total' ? await matching.clone().getCount() : undefined;
    const rows = await onePage(matching, { order: sort, start, limit }).getMany();
    const items = rows.slice(0, limit);
    const isLast = rows.length <= limit;
    return {
      items: items.map((row) => toUser(row)),
      nextCursor: isLast
        ? null
        : await this.cursors.toCursor({ ...sequence, ...keyOf(items.at(-1)!, sort) }),
      ...(total !== undefined && { total }),
    };
  }
}

/** The size of a page and what is counted may change on the way; anything else may not. */
function sequenceOf({ sort, search, role, banned, emailVerified }: ListUsers): CursorSequence {
  return { list: 'users', order: sort, filters: { search, role, banned, emailVerified } };
}
