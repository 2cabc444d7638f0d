const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/**
 * Length of the first response in what was received; `null` while that is not known yet. For
 * connections without pipelining: nothing follows a response.
 */
export function responseLength(received: Buffer): number | null {
  const headEnd = received.indexOf(HEAD_END, 0, 'latin1');
  if (headEnd < 0) return null;
  const head = received.toString('latin1', 0, headEnd);
  const length = CONTENT_LENGTH.exec(head)?.[1];
  if (length !== undefined) return headEnd + HEAD_END.length + Number(length);
  if (!CHUNKED.test(head)) return headEnd + HEAD_END.length;
  const tail = received.toString('latin1', received.length - LAST_CHUNK.length);
  return tail === LAST_CHUNK ? received.length : null;
}

export function statusOf(received: Buffer): number {
  return Number(received.toString('latin1', 9, 12));
}
