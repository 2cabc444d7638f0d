import type { Sample, Samples } from './measurement';

const COLUMNS = [
  'requests/s',
  'spread',
  'µs CPU',
  'p50 µs',
  'p99 µs',
  'memory MB',
  'generator',
] as const;

/** One line for each target: medians, and the spread between the slowest and the fastest round. */
export function renderSamples(samples: Samples): string[] {
  const width = Math.max(...[...samples.keys()].map((name) => name.length));
  const head = [''.padEnd(width), ...COLUMNS.map((column) => column.padStart(12))];
  const lines = [...samples].map(([name, list]) =>
    [name.padEnd(width), ...cellsOf(list).map((cell) => cell.padStart(12))].join(' '),
  );
  return [head.join(' '), ...lines];
}

function cellsOf(list: Sample[]): string[] {
  const rates = list.map(({ rate }) => rate);
  const rate = medianOf(list, 'rate');
  const spread = (Math.max(...rates) - Math.min(...rates)) / rate;
  return [
    rate.toFixed(0),
    `${(spread * 100).toFixed(0)} %`,
    medianOf(list, 'cpu').toFixed(1),
    medianOf(list, 'p50').toFixed(0),
    medianOf(list, 'p99').toFixed(0),
    (medianOf(list, 'memory') / 1024 / 1024).toFixed(0),
    `${(medianOf(list, 'generator') * 100).toFixed(0)} %`,
  ];
}

export function medianOf(list: readonly Sample[], key: keyof Sample): number {
  return median(list.map((sample) => sample[key]));
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.at(sorted.length >> 1) ?? NaN;
}
