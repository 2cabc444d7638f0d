import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ListUsers } from './users.schemas';
import {
  countQuery,
  isPlainPage,
  keyOf,
  type PageRow,
  pageQuery,
  type PageStart,
  versionQuery,
  toItems,
} from './user-list.query';
import { BoundedMap } from '../../auth/live-access/bounded-map';
import { type CursorPosition, Cursors, type CursorSequence } from '../../common/pagination/cursor';
import { PreparedStatements } from '../../database/prepared-statements';

/** A page in the response shape. */
export interface PageAnswer {
  /** JSON. */
  text: string;
  nextCursor: string | null;
}

/** Pages of which the text is kept. A page has about 15 kB. */
const KNOWN_PAGES = 40;

/** A page without the end of its text, where the total stands. */
interface Page {
  version: string | null;
  text: string;
  nextCursor: string | null;
}

/**
 * The list of users, in pages with a cursor. The text of a page that was sent before is sent again
 * while the hash of its rows, which PostgreSQL reads for each request, is the same.
 */
@Injectable()
export class UserListService {
  private readonly known = new BoundedMap<Page>(KNOWN_PAGES);
  private readonly seed = randomBytes(8).readBigInt64LE().toString();

  constructor(
    private readonly statements: PreparedStatements,
    private readonly cursors: Cursors,
  ) {}

  /** @throws {Problem} `validation_failed` when the cursor belongs to another list. */
  async listUsers(query: ListUsers): Promise<PageAnswer> {
    const { cursor } = query;
    const sequence = sequenceOf(query);
    const start = cursor === undefined ? null : await this.cursors.parseCursor(cursor, sequence);
    const total = query.include === 'total' ? await this.count(query) : null;
    const { text, nextCursor } = await this.readPage(query, start);
    return { text: total === null ? `${text}}` : `${text},"total":${total}}`, nextCursor };
  }

  private async readPage(query: ListUsers, start: CursorPosition | null): Promise<Page> {
    const key = isPlainPage(query) ? `${query.sort} ${query.cursor}` : null;
    const known = key === null ? undefined : this.known.get(key);
    const where = { start, seed: this.seed };
    if (known && (await this.versionOf(query, where)) === known.version) return known;
    const [row] = await this.statements.run<PageRow>(pageQuery(query, where));
    const page = await this.toPage(query, row!);
    if (key !== null && page.version !== null) this.known.set(key, page);
    return page;
  }

  private async versionOf(query: ListUsers, where: PageStart): Promise<string | null> {
    const statement = versionQuery(query, where);
    const [row] = await this.statements.run<Pick<PageRow, 'version'>>(statement);
    return row!.version;
  }

  private async toPage(query: ListUsers, row: PageRow): Promise<Page> {
    const { limit, sort } = query;
    const { text: items, last } = toItems(row, limit);
    const position = last && { ...sequenceOf(query), ...keyOf(last, sort) };
    const nextCursor = position && (await this.cursors.toCursor(position));
    const text = `{"items":[${items}],"nextCursor":${JSON.stringify(nextCursor)}`;
    return { version: row.version, text, nextCursor };
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
