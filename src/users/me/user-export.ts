import { Readable } from 'node:stream';
import type { AuditEvent } from '../../audit/audit-event.schemas';
import { type UserExport, userExportSchema } from './me.schemas';

/** The export without the list of events, which can be long. */
export type ExportHead = Omit<UserExport, 'auditEvents'>;

const headSchema = userExportSchema.omit({ auditEvents: true });

/**
 * The JSON document of an export as a stream, so that memory does not grow with the number of
 * audit events: the next page is read when the client has taken the one before. When the client
 * disconnects, no further page is read.
 *
 * The first page is read before the response begins: a failure until then is a problem document.
 */
export async function toExportStream(
  head: ExportHead,
  pages: AsyncGenerator<AuditEvent[]>,
): Promise<Readable> {
  const first = await pages.next();
  return Readable.from(writeExport({ head, first, pages }), { objectMode: false });
}

interface Parts {
  head: ExportHead;
  first: IteratorResult<AuditEvent[]>;
  pages: AsyncGenerator<AuditEvent[]>;
}

async function* writeExport({ head, first, pages }: Parts): AsyncGenerator<string> {
  try {
    yield `${JSON.stringify(headSchema.parse(head)).slice(0, -1)},"auditEvents":[`;
    let separator = '';
    for (let page = first; !page.done; page = await pages.next()) {
      yield separator + page.value.map((event) => JSON.stringify(event)).join(',');
      separator = ',';
    }
    yield ']}';
  } finally {
    // The client may have disconnected.
    await pages.return(undefined);
  }
}
