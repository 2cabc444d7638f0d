import type { ServerProcess } from '../system/server-process';

/** What is measured: one request, or several in turn, to one server. */
export interface Target {
  name: string;
  server: ServerProcess;
  requests: Buffer[];
}

/** A whole request of HTTP/1.1 as common clients send it. */
export function toRequest(path: string, token: string | null): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Accept: application/json',
    'User-Agent: bench/1.0',
    'Connection: keep-alive',
    ...(token === null ? [] : [`Authorization: Bearer ${token}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}
