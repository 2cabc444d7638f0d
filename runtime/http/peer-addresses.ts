import type { Server } from 'node:http';

/**
 * Reads the IP address of each connection when it is accepted. Node.js asks the system at the first
 * read and keeps the answer; after the client has reset the connection, the system has none. A
 * connection without an IP address is closed before its request runs: no limit would apply to it,
 * and the audit log would not name its client.
 */
export function requirePeerAddresses(server: Server): void {
  server.on('connection', (socket) => {
    if (socket.remoteAddress === undefined) socket.destroy();
  });
}
