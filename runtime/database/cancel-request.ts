import { connect } from 'node:net';
import type { Client } from 'pg';
import { DATABASE_LIMITS } from './database-limits';

/** Code of a cancel request: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const CANCEL_REQUEST = 80877102;

/**
 * Asks the server on another connection to cancel the statement, as `psql` does for Ctrl-C.
 * @returns when the server has closed that connection, which is after it has sent the signal.
 */
export async function cancelStatement(client: Client): Promise<void> {
  const { processID, secretKey, host, port } = client as Client & BackendKey;
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(16);
  for (const [index, value] of [16, CANCEL_REQUEST, processID, secretKey].entries()) {
    request.writeInt32BE(value, index * 4);
  }
  const isPath = host.startsWith('/');
  const socket = isPath ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.setTimeout(DATABASE_LIMITS.connect, () => socket.destroy());
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.resume().write(request);
  await closed;
}

/** The process id and the secret key with which a client cancels its statements. */
interface BackendKey {
  processID: number | null;
  secretKey: number | null;
}
