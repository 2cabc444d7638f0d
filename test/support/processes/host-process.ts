// node run-typescript.cjs host-process.ts <auth|api>: see system-host.ts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createLogger } from '../../../runtime/logger';
import { type HostedKind, type HostedStart, KEEP_ALIVE_MS, type Launch } from './system-host';

const kind = process.argv[2] as HostedKind;
const running = new Map<string, () => Promise<void>>();
let count = 0;

/** For connections to a hosted auth server. */
const IDLE_LIMIT_MS = 120_000;

type Launcher = (launch: Launch) => Promise<{ stop(): Promise<void>; server?: Server }>;

/** Loads the code at the first start: a run that starts no system does not need it. */
function loadLauncher(): Launcher {
  const load = createRequire(__filename);
  return kind === 'auth'
    ? (load('./launch-auth-server') as typeof import('./launch-auth-server')).launchAuthServer
    : (load('./launch-api') as typeof import('./launch-api')).launchApi;
}

async function start(request: IncomingMessage): Promise<{ id: string }> {
  const { settings, port } = (await json(request)) as HostedStart;
  const logger = createLogger(kind, settings.logLevel);
  const launched = await loadLauncher()({ settings, logger, port });
  // Sign-ins of tests may wait for longer than a connection may be idle in production: patience.ts.
  launched.server?.setTimeout(IDLE_LIMIT_MS);
  count += 1;
  running.set(String(count), () => launched.stop());
  return { id: String(count) };
}

async function stop(id: string): Promise<object> {
  await running.get(id)!();
  running.delete(id);
  return {};
}

function act(request: IncomingMessage): Promise<object> {
  return request.method === 'POST' ? start(request) : stop(request.url!.slice(1));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    response.end(JSON.stringify(await act(request)));
  } catch (error) {
    response.statusCode = 500;
    response.end(JSON.stringify({ error: (error as Error).stack }));
  }
}

process.on('disconnect', () => process.exit(0));
// A test can be idle for longer than Node.js keeps a connection by default.
const server = createServer(
  { keepAliveTimeout: KEEP_ALIVE_MS },
  (request, response) => void answer(request, response),
);
server.listen(0, '127.0.0.1', () => {
  process.send!({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
