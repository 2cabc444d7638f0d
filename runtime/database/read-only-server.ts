import type { EventEmitter } from 'node:events';
import { type Client, DatabaseError } from 'pg';

/** The error of PostgreSQL for a write on a server that is read-only. */
export function createReadOnlyError(): Error {
  const error = new DatabaseError('the database server is read-only', 0, 'error');
  return Object.assign(error, { severity: 'ERROR', code: '25006' });
}

/**
 * Calls back when the server of an open connection says that it has become read-only. PostgreSQL
 * reports this value by itself, with the next statement, before the end of its answer:
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-ASYNC
 */
export function onReadOnly(client: Client, leave: () => void): void {
  // Not in the types: the messages of the server.
  const { connection } = client as unknown as { connection: EventEmitter };
  connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
    if (parameterName === 'default_transaction_read_only' && parameterValue === 'on') leave();
  });
}

interface ParameterStatus {
  parameterName: string;
  parameterValue: string;
}
