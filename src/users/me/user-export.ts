import { Readable } from 'node:stream';
import type { AuditEvent } from '../../audit/audit-event.schemas';
import type { ClientToken } from './grants.schemas';
import { type UserExport, userExportSchema } from './me.schemas';

/** The lists that can be long, in pages. */
export interface ExportLists {
  clientTokens: AsyncGenerator<ClientToken[]>;
  auditEvents: AsyncGenerator<AuditEvent[]>;
}

/** The export without these lists. */
export type ExportHead = Omit<UserExport, keyof ExportLists>;

const headSchema = userExportSchema.omit({ clientTokens: true, auditEvents: true });

/**
 * The JSON document of an export as a stream, so that memory does not grow with the number of
 * refresh tokens and audit events: the next page is read when the client has taken the one before.
 * When the client disconnects, no further page is read.
 *
 * The first page of each list is read before the response begins: a failure until then is a problem
 * document.
 */
export async function toExportStream(head: ExportHead, lists: ExportLists): Promise<Readable> {
  const begun: BegunList[] = [];
  for (const [name, pages] of Object.entries(lists) as [string, BegunList['pages']][]) {
    begun.push({ name, pages, first: await pages.next() });
  }
  return Readable.from(writeExport(head, begun), { objectMode: false });
}

interface BegunList {
  name: string;
  first: IteratorResult<object[]>;
  pages: AsyncGenerator<object[]>;
}

async function* writeExport(head: ExportHead, lists: BegunList[]): AsyncGenerator<string> {
  try {
    yield JSON.stringify(headSchema.parse(head)).slice(0, -1);
    for (const list of lists) yield* writeList(list);
    yield '}';
  } finally {
    // The client may have disconnected.
    for (const { pages } of lists) await pages.return(undefined);
  }
}

async function* writeList({ name, first, pages }: BegunList): AsyncGenerator<string> {
  yield `,"${name}":[`;
  let separator = '';
  for (let page = first; !page.done; page = await pages.next()) {
    yield separator + page.value.map((item) => JSON.stringify(item)).join(',');
    separator = ',';
  }
  yield ']';
}
