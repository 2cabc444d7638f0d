/**
 * Turns of the event loop. A turn asks which sockets have data, and then reads these in no defined
 * order. After a pause of the process, a request may be read before a notification that arrived
 * earlier: in the same turn, or in the turn before, when the process was paused after the question.
 * A request that waits until the next turn has ended is checked after both are read. The wait costs
 * microseconds and needs no clock to detect the pause.
 */
export class EventLoopTurn {
  private end: Promise<void> | null = null;

  /** Resolves when all data that arrived before the current data has been read too. */
  over(): Promise<void> {
    this.end ??= new Promise((resolve) => {
      // Each runs after what its turn has found is read
      // (https://nodejs.org/learn/asynchronous-work/event-loop-timers-and-nexttick).
      setImmediate(() => {
        this.end = null;
        setImmediate(resolve);
      });
    });
    return this.end;
  }
}
