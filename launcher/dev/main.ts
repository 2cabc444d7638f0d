import { join } from 'node:path';
import { refuseArguments } from '../../runtime/entry/arguments';
import { runInForeground, type Foreground } from '../foreground/foreground';
import { findFreePort } from '../services/ports';
import { say, StartLog } from '../services/start-log';
import { prepareSystem } from '../system';
import { describeWelcome } from '../services/welcome';
import { DevProcess } from './dev-process';
import { Restarts } from './restarts';
import { watchSources } from './sources';
import { startTypeCheck } from './type-check';

const ROOT = join(__dirname, '../..');
const LOOPBACK = '127.0.0.1';
/** Another port where one is in use: Node.js would end the process. */
const PREFERRED_PORTS = { api: 9229, auth: 9230 };

/**
 * `npm run dev`: as `npm start`, from the sources. A change restarts the processes that load it; the
 * types are checked beside it.
 */
void runInForeground(async (foreground) => {
  refuseArguments('npm run dev', process.argv.slice(2));
  const system = await prepareSystem(foreground);
  const log = new StartLog(system.settings.logLevel);
  const debuggers = {
    api: await findFreePort(LOOPBACK, PREFERRED_PORTS.api),
    auth: await findFreePort(LOOPBACK, PREFERRED_PORTS.auth),
  };
  const processes = system.services.map(
    (service) =>
      new DevProcess({
        root: ROOT,
        service,
        debugger: { host: LOOPBACK, port: debuggers[service.source] },
        log,
        signal: foreground.signal,
      }),
  );
  for (const part of processes) foreground.keep(part);
  const restarts = new Restarts({ root: ROOT, processes, foreground });
  // Before the start: a change while the processes load is not lost, and corrects what ended.
  foreground.keep(watchSources(ROOT, (files) => restarts.add(files)));
  await Promise.all(processes.flatMap((each) => [each.restart(), each.untilFirstReady()]));
  say(describeWelcome({ ...system, milliseconds: performance.now() }));
  say(describeDebuggers(debuggers));
  log.showAll();
  startTypes(foreground);
});

function startTypes(foreground: Foreground): void {
  const check = startTypeCheck(ROOT);
  // It may end without ending the command.
  foreground.keep({ ...check, ended: new Promise(() => {}) });
  void check.ended.then((how) => {
    if (!foreground.signal.aborted) say(`The check of the types ended (${how}).`);
  });
}

function describeDebuggers({ api, auth }: Record<'api' | 'auth', number>): string {
  return `Debugger: ${LOOPBACK}:${api} (API), ${LOOPBACK}:${auth} (auth server). Watching for changes.`;
}
