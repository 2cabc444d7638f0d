/**
 * Keys that were in the table and are no longer: they are withdrawn, also while the auth server is
 * unavailable or a proxy answers with an older set. A key that was never in the table is not
 * affected.
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
