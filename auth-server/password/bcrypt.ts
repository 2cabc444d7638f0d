import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** CommonJS, because it runs without the loader of the process. */
const SOURCE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { module, password, hash } = workerData;
  parentPort.postMessage(require(module).compareSync(password, hash));`;

/** In a thread of its own: bcryptjs would block the event loop for the time of a hash. */
export async function verifyBcrypt(hash: string, password: string): Promise<boolean> {
  const workerData = { module: require.resolve('bcryptjs'), password, hash };
  const worker = new Worker(SOURCE, { eval: true, workerData, execArgv: [] });
  const [isRight] = (await once(worker, 'message')) as [boolean];
  return isRight;
}
