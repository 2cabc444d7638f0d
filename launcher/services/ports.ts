import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * @param host IP address, or `undefined` for all interfaces. @returns whether a server can listen
 * there now.
 */
export async function isFree(port: number, host?: string): Promise<boolean> {
  return (await listenOnce(port, host)) !== null;
}

/** @returns the preferred port when it is free, else a port that the operating system selects. */
export async function findFreePort(host: string, preferred?: number): Promise<number> {
  return (preferred && (await listenOnce(preferred, host))) || (await listenOnce(0, host))!;
}

async function listenOnce(port: number, host?: string): Promise<number | null> {
  const server = createServer().listen({ port, host });
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  }
  const { port: taken } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return taken;
}
