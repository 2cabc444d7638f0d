import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { reservePorts } from '../ports';

/** A Redis of one test. */
export interface RedisServer {
  url: string;
  /** Keeps its connections and sends nothing, until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Ends it at once; it keeps nothing. */
  stop(): Promise<void>;
}

/** Path of the executable; `null` when it is not installed. */
export function findRedis(): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v redis-server'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

export async function startRedis(path: string): Promise<RedisServer> {
  const [port] = await reservePorts(1);
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', ''];
  const server = spawn(path, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(server.stdout)) {
    if (line.includes('Ready to accept connections')) break;
  }
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
  };
}
