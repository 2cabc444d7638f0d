import { runOutsideScope } from '../../../runtime/database/database-scope';

/**
 * Collects the keys that are asked for in one turn of the event loop, and reads them together at
 * its end. A key is read after it was asked for, so no caller gets a state from before the call.
 * Calls of a turn for one key share its value. A failure is a failure of every call of the turn; an
 * earlier one of the request that calls first is not.
 */
export class TurnBatch<Value> {
  private keys = new Set<string>();
  private values: Promise<Map<string, Value>> | null = null;

  constructor(private readonly read: (keys: string[]) => Promise<Map<string, Value>>) {}

  /** @returns `null` when nothing has the key. */
  async load(key: string): Promise<Value | null> {
    this.keys.add(key);
    this.values ??= runOutsideScope(() => this.readAtEndOfTurn());
    const values = await this.values;
    return values.get(key) ?? null;
  }

  private async readAtEndOfTurn(): Promise<Map<string, Value>> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const keys = [...this.keys];
    this.keys = new Set();
    this.values = null;
    return this.read(keys);
  }
}
