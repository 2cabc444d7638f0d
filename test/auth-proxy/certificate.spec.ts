import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { send } from '../support/raw-http';
import { makeIdentity } from '../support/servers/certificate';
import { System } from '../support/system';

let server: Server;
let requests = 0;
let system: System;

beforeAll(async () => {
  server = createServer(await makeIdentity(['localhost']), (_request, response) => {
    requests += 1;
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  system = await System.start({ env: { AUTH_INTERNAL_URL: `https://localhost:${port}` } });
});

afterAll(async () => {
  await system.stop();
  server.close();
  server.closeAllConnections();
});

it('the API sends nothing to an auth server whose certificate it cannot verify', async () => {
  const { status } = await send(system.apiUrl, { path: '/api/auth/get-session' });
  expect({ status, requests }).toEqual({ status: 503, requests: 0 });
});
