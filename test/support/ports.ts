import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Ports that no system hands out for port 0 or for outgoing connections: Linux begins at 32768,
 * macOS and Windows at 49152. Only runs of these tests take ports of this range.
 */
const FIRST_PORT = 12_000;
const BLOCK_SIZE = 1_000;
const BLOCK_COUNT = 20;

/** Tells the workers which ports the run has: set by `global-setup.ts`. */
const PORTS_VARIABLE = 'GATEHOUSE_TEST_PORTS';

interface PortBlock {
  first: number;
  /** How many ports each worker of the run has. */
  each: number;
}

let next: number | null = null;

/**
 * Takes a block of ports for this run. Its first port stays in use until the process ends, which
 * tells every other run on this host that the block is taken.
 *
 * @throws when twenty runs have taken all blocks.
 */
export async function takePortBlock(workers: number): Promise<void> {
  for (let block = 0; block < BLOCK_COUNT; block += 1) {
    const guard = FIRST_PORT + block * BLOCK_SIZE;
    const server = await listen(guard);
    if (!server) continue;
    server.unref();
    const each = Math.floor((BLOCK_SIZE - 1) / workers);
    process.env[PORTS_VARIABLE] = JSON.stringify({ first: guard + 1, each });
    return;
  }
  throw new Error('no block of ports is free: other test runs have taken all of them');
}

/**
 * Ports for processes that have to know their port before they listen. No other test takes them:
 * each run has its own block, each worker its own part, and a worker runs one file at a time.
 */
export async function reservePorts(count: number): Promise<number[]> {
  const { first, each } = ownBlock();
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries === each) throw new Error('all ports of this worker are in use');
    next = ((next ?? randomInt(each)) + 1) % each;
    // Another call moves `next` while this one waits.
    const port = first + next;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function ownBlock(): PortBlock {
  const text = process.env[PORTS_VARIABLE];
  if (!text) throw new Error(`${PORTS_VARIABLE} is not set: ports are reserved while jest runs`);
  const { first, each } = JSON.parse(text) as PortBlock;
  const worker = Number(process.env.JEST_WORKER_ID ?? 1);
  return { first: first + (worker - 1) * each, each };
}

/** A process of an earlier test, or of another kind, may still listen. */
async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server) await once(server.close(), 'close');
  return server !== null;
}

async function listen(port: number): Promise<Server | null> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  }
}
