/**
 * Keys that have been seen in the table and are gone from it: withdrawn, also while the
 * auth server is away, or while something on the way still answers with an older set. A
 * key that never was in the table is none of its business.
 */
export class WithdrawnKeys {
  private readonly seen = new Set<string>();
  private present: ReadonlySet<string> = new Set();

  /** @param ids of the keys that are in the table now. */
  look(ids: string[]): void {
    this.present = new Set(ids);
    for (const id of ids) this.seen.add(id);
  }

  include(id: string): boolean {
    return this.seen.has(id) && !this.present.has(id);
  }
}
