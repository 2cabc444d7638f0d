import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { createLogger } from '../../../runtime/logger';

const LAST_LINE = 'the last line';

/**
 * Writes as many characters to the log as the first parameter says, reports the growth of its memory
 * in bytes, and ends when its parent disconnects.
 */
async function main(characters: number): Promise<void> {
  const logger = createLogger('writer', 'info');
  const before = held();
  const text = 'x'.repeat(1_000);
  for (let written = 0; written < characters; written += text.length) {
    logger.info(text);
    await setImmediate();
  }
  logger.fatal(LAST_LINE);
  global.gc!();
  process.send!(held() - before);
  await once(process, 'disconnect');
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

void main(Number(process.argv[2]));
