import { closeSync, openSync } from 'node:fs';
import { openLog } from './logger';

it('a log that cannot be written ends no process and keeps a bounded number of lines', () => {
  const descriptor = openSync(__filename, 'r');
  try {
    const log = openLog(descriptor);
    // Without a listener of the error, the call throws it.
    for (let count = 0; count < 3_000; count += 1) log.write(`${'x'.repeat(1_000)}\n`);
    const { _len: waiting } = log as unknown as { _len: number };
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThanOrEqual(2 ** 20);
  } finally {
    closeSync(descriptor);
  }
});
