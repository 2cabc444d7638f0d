import { createReadStream } from 'node:fs';

/** In bytes. The longest lines are those of Keycloak, with the attributes of a user. */
const LONGEST_LINE = 1_048_576;

const LINE_FEED = 0x0a;

/** A line of a file with its number, or why it cannot be read. */
export type FileLine = { number: number } & ({ text: string } | { problem: string });

/**
 * The lines of a file of JSON lines (https://jsonlines.org): UTF-8, ended by a line feed.
 * `node:readline` also ends a line at U+2028, which a name can contain, keeps a line of any length
 * in memory, and replaces bytes that are no UTF-8.
 */
export async function* readFileLines(file: string): AsyncGenerator<FileLine> {
  let line = new LineBytes();
  let number = 1;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let begin = 0;
    for (let end; (end = chunk.indexOf(LINE_FEED, begin)) >= 0; begin = end + 1) {
      line.add(chunk.subarray(begin, end));
      yield { number, ...line.decode() };
      line = new LineBytes();
      number += 1;
    }
    line.add(chunk.subarray(begin));
  }
  yield { number, ...line.decode() };
}

/** The bytes of one line, up to {@link LONGEST_LINE}. */
class LineBytes {
  private readonly parts: Buffer[] = [];
  private length = 0;

  add(part: Buffer): void {
    this.length += part.length;
    if (this.length <= LONGEST_LINE) this.parts.push(part);
  }

  decode(): { text: string } | { problem: string } {
    if (this.length > LONGEST_LINE) return { problem: `is longer than ${LONGEST_LINE} bytes` };
    try {
      // Removes a byte order mark.
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(this.parts)) };
    } catch {
      return { problem: 'is not UTF-8' };
    }
  }
}
