import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { toProblemBody } from '../common/problems/problem-details';
import { Problem } from '../common/problems/problem';
import { REQUEST_ID_HEADER } from '../../contract';

/**
 * Answers what Node.js cannot parse as a request: invalid syntax, headers over the limit, an
 * incomplete request. There is no request object, so the answer is written to the socket, which is
 * then closed. It would be part of the body of an answer that is being sent: then the socket is only
 * closed.
 */
export function createConnectionErrorHandler(apiUrl: string) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    const isUnanswerable = error.code === 'ECONNRESET' || !socket.writable;
    if (isUnanswerable || isAnswering(socket)) return void socket.destroy();
    const problem = toConnectionProblem(error);
    const requestId = randomUUID();
    const body = JSON.stringify(toProblemBody(problem, { apiUrl, instance: '/', requestId }));
    const lines = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      `${REQUEST_ID_HEADER}: ${requestId}`,
      'Connection: close',
    ];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  };
}

/** Node.js has no public name for the answer of a socket. Its documentation of this event reads it so. */
function isAnswering(socket: Socket & { _httpMessage?: { _headerSent: boolean } | null }): boolean {
  return socket._httpMessage?._headerSent ?? false;
}

/** https://nodejs.org/api/http.html#event-clienterror */
function toConnectionProblem({ code }: NodeJS.ErrnoException): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers_too_large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request_timeout');
  return new Problem('malformed_request');
}
