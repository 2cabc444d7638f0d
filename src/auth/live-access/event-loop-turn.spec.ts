import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { EventLoopTurn } from './event-loop-turn';

/** Writes to three connections while the thread of the test is blocked. */
const WRITER = `
  const { workerData: { port, steps } } = require('node:worker_threads');
  const { connect } = require('node:net');
  const { once } = require('node:events');
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const open = async () => { const s = connect(port, '127.0.0.1'); await once(s, 'connect'); return s; };
  const write = async (socket, text) => { await new Promise((done) => socket.write(text, done)); await sleep(50); };
  const reached = async (step) => { while (Atomics.load(steps, 0) < step) await sleep(1); };
  const tell = (step) => { Atomics.store(steps, 0, step); Atomics.notify(steps, 0); };
  (async () => {
    const [slow, request, notification] = [await open(), await open(), await open()];
    await reached(1);
    await write(slow, 'slow');
    await write(request, 'first ');
    tell(2);
    await reached(3);
    await write(notification, 'ended');
    await write(request, 'second');
    tell(4);
    await Promise.all([slow, request, notification].map((socket) => once(socket, 'close')));
  })();
`;

it('has not ended before a notification is read that came before the request', async () => {
  const steps = new Int32Array(new SharedArrayBuffer(4));
  /** Blocks this thread until the writer has made the step after. */
  const block = (step: number) => {
    Atomics.store(steps, 0, step);
    Atomics.wait(steps, 0, step);
  };
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const writer = new Worker(WRITER, { eval: true, workerData: { port, steps } });
  const sockets: Socket[] = [];
  while (sockets.length < 3) sockets.push(...((await once(server, 'connection')) as [Socket]));
  const [slow, request, notification] = sockets as [Socket, Socket, Socket];

  const turn = new EventLoopTurn();
  let isNotified = false;
  notification.on('data', () => (isNotified = true));
  // This turn has found data of both. It reads the second one after the rest has come, too.
  slow.on('data', () => block(3));
  const checked = new Promise<boolean>((resolve) => {
    request.on('data', (data) => {
      if (String(data).endsWith('second')) void turn.over().then(() => resolve(isNotified));
    });
  });
  block(1);
  expect(await checked).toBe(true);

  for (const socket of sockets) socket.destroy();
  server.close();
  await once(writer, 'exit');
});
