import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';

/**
 * Bytes that wait for one reader at most. The connection of a reader with more is closed, and the
 * reader resumes.
 */
const LONGEST_QUEUE_BYTES = 1_048_576;

/** One connection that follows the events. What waits for it is bounded. */
export class EventReader {
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private isEnded = false;
  private wake: () => void = () => {};

  constructor(readonly request: FastifyRequest) {}

  /** @returns whether there was room; the connection of a reader without room has been closed. */
  push(chunk: Buffer): boolean {
    this.queuedBytes += chunk.length;
    if (this.queuedBytes > LONGEST_QUEUE_BYTES) {
      this.queue = [];
      this.end();
      return false;
    }
    this.queue.push(chunk);
    this.wake();
    return true;
  }

  /** What is queued is still sent. */
  end(): void {
    this.isEnded = true;
    this.wake();
  }

  get hasEnded(): boolean {
    return this.isEnded;
  }

  /** What was pushed, as fast as the connection takes it, until the end. */
  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.queue.shift();
      if (chunk) {
        this.queuedBytes -= chunk.length;
        yield chunk;
      } else if (this.isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    }
  }
}

/**
 * The text as a stream that closes at once when its client leaves. A generator that waits for the
 * next chunk of the reader cannot return before that: the place would stay taken.
 */
export function toStream(text: AsyncIterable<string | Buffer>, reader: EventReader): Readable {
  const stream = Readable.from(text, { objectMode: false });
  const destroy = stream._destroy.bind(stream);
  stream._destroy = (error, done) => {
    reader.end();
    destroy(error, done);
  };
  return stream;
}
