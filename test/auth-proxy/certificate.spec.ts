import { X509CertificateGenerator } from '@peculiar/x509';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { send } from '../support/raw-http';
import { System } from '../support/system';

const KEY_TYPE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

let server: Server;
let requests = 0;
let system: System;

beforeAll(async () => {
  server = createServer(await makeIdentity(), (_request, response) => {
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

/** A certificate that no authority has signed. */
async function makeIdentity(): Promise<{ key: string; cert: string }> {
  const keys = await crypto.subtle.generateKey(KEY_TYPE, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: KEY_TYPE,
    notAfter: new Date(Date.now() + 86_400_000),
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { key: toPem(key), cert: certificate.toString('pem') };
}

function toPem(key: Buffer): string {
  const label = 'PRIVATE KEY';
  return `-----BEGIN ${label}-----\n${key.toString('base64')}\n-----END ${label}-----\n`;
}

it('the API sends nothing to an auth server whose certificate it cannot verify', async () => {
  const { status } = await send(system.apiUrl, { path: '/api/auth/get-session' });
  expect({ status, requests }).toEqual({ status: 503, requests: 0 });
});
