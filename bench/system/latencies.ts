/** Width of a bucket, in microseconds. */
const STEP = 5;
const BUCKETS = 400_000;

/** Latencies up to two seconds, counted in buckets of five microseconds. */
export class Latencies {
  count = 0;
  private readonly buckets = new Uint32Array(BUCKETS);

  add(microseconds: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.floor(microseconds / STEP));
    this.buckets[bucket] = this.buckets[bucket]! + 1;
    this.count += 1;
  }

  /** Microseconds; the upper end of the bucket. */
  percentile(percent: number): number {
    const rank = Math.ceil((this.count * percent) / 100);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.buckets[bucket]!;
      if (seen >= rank) return (bucket + 1) * STEP;
    }
    return NaN;
  }
}
