import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { restartTime } from '../database/database-scope';

/** A handler of Express. */
type BodyReader = (
  request: IncomingMessage & { body?: unknown },
  response: unknown,
  next: (error?: Error) => void,
) => void;

/** The last step of the app answers with its status. */
class BodyError extends Error {
  override readonly name = 'BodyError';

  constructor(readonly status: number) {
    super('The body is refused.');
  }
}

/**
 * Reads the body as bytes; without a body, `request.body` stays `undefined`. A body over the limit
 * is refused before it is read when `Content-Length` tells its size, else at the limit: the
 * readers of Express read the rest first.
 */
export function readBody(limit: number): BodyReader {
  return (request, _response, next) => {
    const { headers } = request;
    const length = headers['content-length'];
    if (length === undefined && headers['transfer-encoding'] === undefined) return next();
    if (!/^identity$/i.test(headers['content-encoding'] ?? 'identity')) {
      return next(new BodyError(415));
    }
    if (Number(length ?? 0) > limit) return next(new BodyError(413));
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) settle(413);
    };
    const complete = () => {
      request.body = Buffer.concat(chunks);
      settle();
    };
    const abort = () => settle(400);
    // The events of a body are not in the context of its request, which the next steps read.
    const proceed = AsyncLocalStorage.bind((error?: Error) => {
      restartTime();
      next(error);
    });
    const settle = (status?: number) => {
      request.off('data', take).off('end', complete).off('close', abort);
      // What still arrives is discarded.
      request.resume();
      proceed(status === undefined ? undefined : new BodyError(status));
    };
    request
      .on('data', take)
      .on('end', complete)
      .on('close', abort)
      .on('error', () => {});
  };
}
