import { Injectable } from '@nestjs/common';
import { Problem } from '../../common/problems/problem';

/** Streams of one caller, and of all callers, that one replica serves at the same time. */
export const MOST_STREAMS = { ofCaller: 50, ofReplica: 500 } as const;

/** Seconds. A reader that reconnects often finds a place again soon. */
const RETRY_AFTER = '5';

/**
 * The places for streams of access events. A stream holds memory for the events that wait for its
 * reader, so their number is bounded. A backend needs one stream for each of its processes.
 */
@Injectable()
export class StreamPlaces {
  private readonly taken = new Map<string, number>();
  private sum = 0;

  /**
   * @param caller of the stream, as limits identify it.
   * @returns gives the place back; a second call has no effect.
   * @throws {Problem} `too_many_requests`
   */
  take(caller: string): () => void {
    const own = this.taken.get(caller) ?? 0;
    if (own >= MOST_STREAMS.ofCaller || this.sum >= MOST_STREAMS.ofReplica) throw full();
    this.taken.set(caller, own + 1);
    this.sum += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.giveBack(caller);
      isTaken = false;
    };
  }

  private giveBack(caller: string): void {
    this.sum -= 1;
    const left = this.taken.get(caller)! - 1;
    if (left > 0) this.taken.set(caller, left);
    else this.taken.delete(caller);
  }
}

function full(): Problem {
  const detail = 'Too many streams of access events are open. Close one, or wait.';
  return new Problem('too_many_requests', { detail, headers: { 'retry-after': RETRY_AFTER } });
}
