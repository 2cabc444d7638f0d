/**
 * A map of limited size that keeps what was used last: at least half of its capacity.
 *
 * Entries are in two generations. An entry that is used moves into the young generation. When that
 * is full, it becomes the old generation, and the entries of the former old generation are removed.
 * Keeping the exact order instead (taking an entry out and putting it in again at each use) makes a
 * JavaScript `Map` slow where it matters: each look-up passes the gaps of a key that is used often.
 */
export class BoundedMap<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private readonly generationSize: number;

  constructor(capacity: number) {
    this.generationSize = Math.max(1, Math.floor(capacity / 2));
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: string): Value | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: Value): void {
    this.old.delete(key);
    this.young.set(key, value);
    if (this.young.size < this.generationSize) return;
    this.old = this.young;
    this.young = new Map();
  }

  delete(key: string): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }
}
