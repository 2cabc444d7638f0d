/**
 * The current turn of the event loop. A turn reads the requests and notifications that have
 * arrived before it begins, in no defined order: after a pause of the process a request may
 * be read before a notification that arrived earlier. A request that waits for the end of the
 * turn is checked after both are read. The wait costs a microsecond and needs no clock to
 * detect the pause.
 */
export class EventLoopTurn {
  private end: Promise<void> | null = null;

  /** Resolves when all data that arrived before the current data has been read too. */
  over(): Promise<void> {
    this.end ??= new Promise((resolve) => {
      // Runs after all that has arrived is read (https://nodejs.org/learn/asynchronous-work/event-loop-timers-and-nexttick).
      setImmediate(() => {
        this.end = null;
        resolve();
      });
    });
    return this.end;
  }
}
