/**
 * The turn of the event loop that is under way. What has arrived at the machine by the time
 * a turn begins, requests and notifications alike, is read in that turn, but in no particular
 * order: after a pause of the process a request may be read before the notification that came
 * long before it. Who waits for the end of the turn is judged after both. It costs a
 * microsecond, and no clock has to notice that there was a pause.
 */
export class Turn {
  private end: Promise<void> | null = null;

  /** Resolves when everything that arrived before what is read at the moment has been read too. */
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
