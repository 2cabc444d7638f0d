import { closeSync, openSync } from 'node:fs';
import { openLog } from './logger';

it('a log that cannot be written ends no process', () => {
  const descriptor = openSync(__filename, 'r');
  try {
    const log = openLog(descriptor);
    // Without a listener of the error, the call throws it.
    for (let count = 0; count < 3; count += 1) log.write('a line\n');
    expect(log.listenerCount('error')).toBeGreaterThan(0);
  } finally {
    closeSync(descriptor);
  }
});
