import type { Server } from 'node:http';
import type { Logger } from './logger';

/**
 * Keeps a process that serves running when a connection cannot be accepted, for example without a
 * free file descriptor (EMFILE): without a listener, the error would end the process.
 * Call it when the server listens; an error before that is a failed start.
 */
export function surviveAcceptErrors(server: Server, logger: Logger): void {
  server.on('error', (error) => logger.warn({ err: error }, 'a connection could not be accepted'));
}
