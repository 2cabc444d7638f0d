import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** CommonJS, because it runs without the loader of the process. */
const SOURCE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { module, password, hash } = workerData;
  parentPort.postMessage(require(module).compareSync(password, hash));`;

/** In a separate thread: bcryptjs would block the event loop for the time of a hash. */
export async function verifyBcrypt(hash: string, password: string): Promise<boolean> {
  const workerData = { module: require.resolve('bcryptjs'), password, hash };
  const worker = new Worker(SOURCE, { eval: true, workerData, execArgv: [] });
  // An error after the message would end the process. A thread that ends without a message, for
  // example without memory, would leave the request without an answer.
  worker.on('error', () => {});
  const ended = once(worker, 'exit').then(() => Promise.reject(new Error('the thread has ended')));
  const [isRight] = (await Promise.race([once(worker, 'message'), ended])) as [boolean];
  return isRight;
}
