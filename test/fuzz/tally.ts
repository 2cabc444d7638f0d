/** Counts of a run, for the log of CI. */
export class Tally {
  private readonly counts = new Map<string, number>();
  slowestMs = 0;

  add(status: number, milliseconds: number): void {
    this.counts.set(String(status), (this.counts.get(String(status)) ?? 0) + 1);
    this.slowestMs = Math.max(this.slowestMs, milliseconds);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Responses whose status begins with the digit. */
  ofClass(digit: string): number {
    return [...this.counts]
      .filter(([status]) => status.startsWith(digit))
      .reduce((sum, [, count]) => sum + count, 0);
  }

  describe(): string {
    const byStatus = [...this.counts].sort(([a], [b]) => Number(a) - Number(b));
    const counts = byStatus.map(([status, count]) => `${status}: ${count}`);
    return `${this.total} requests, slowest ${Math.round(this.slowestMs)} ms; ${counts.join(', ')}`;
  }
}
