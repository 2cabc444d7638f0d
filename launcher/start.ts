import '../runtime/entry/node-version';
import { join } from 'node:path';
import { runInForeground, type Foreground } from './foreground/foreground';
import { startService, waitUntilReady } from './services/service';
import { say, StartLog } from './services/start-log';
import { prepareSystem, readinessUrl, type Service } from './system';
import { describeWelcome } from './services/welcome';

/** `npm start`: database, schema, auth server and API, until Ctrl-C. */
void runInForeground(async (foreground) => {
  const system = await prepareSystem(foreground);
  const { logLevel, shutdownDelay } = system.settings;
  const log = new StartLog(logLevel);
  // In parallel: most of both starts is loading, and the API waits for keys.
  await Promise.all(
    system.services.map((service) => startAndWait(service, { foreground, log, shutdownDelay })),
  );
  // Since this process began, the build included.
  const milliseconds = performance.now();
  say(describeWelcome({ ...system, milliseconds }));
  log.showAll();
});

interface Surroundings {
  foreground: Foreground;
  log: StartLog;
  shutdownDelay: number;
}

async function startAndWait(
  service: Service,
  { foreground, log, shutdownDelay }: Surroundings,
): Promise<void> {
  const { name, source, env } = service;
  const part = startService({
    name,
    command: [join(__dirname, '..', service.folder, 'main.js')],
    env,
    shutdownDelay,
    onLine: (line) => log.print(line, source),
  });
  foreground.keep(part);
  await waitUntilReady({ name, url: readinessUrl(service), signal: foreground.signal });
  say(`${name} is ready.`);
}
