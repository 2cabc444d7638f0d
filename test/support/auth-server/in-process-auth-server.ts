import type { Server } from 'node:http';
import { pino } from 'pino';
import { createTestDatabase } from '../database';
import { launchAuthServer } from '../native/launch';
import { reservePorts } from '../ports';
import { authSettings } from './auth-settings';
import { type RunningAuthServer, toRunning } from './harness';

export interface InProcessAuthServer extends RunningAuthServer {
  /** What was logged, one JSON text an entry. */
  log: string[];
  http: Server;
}

/** An auth server inside the test, whose log the test reads as it is written. */
export async function startInProcess(env: NodeJS.ProcessEnv = {}): Promise<InProcessAuthServer> {
  const database = await createTestDatabase();
  const [port] = await reservePorts(1);
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const settings = authSettings(env.DATABASE_URL ?? database.url, env);
  const server = await launchAuthServer({ settings, logger, port: port! });
  return {
    ...toRunning({ server, url: `http://127.0.0.1:${port}`, database }),
    log,
    http: server.server,
  };
}
