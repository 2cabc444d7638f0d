import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { copyProject } from '../support/processes/project-copy';
import { Command, makePlace, type Place } from './command';

/** Ends a test that hangs. The first start compiles everything, and the types take longer. */
jest.setTimeout(300_000);
const LIMIT_MS = 240_000;

const ENTRANCE = 'src/entrance/entrance.controller.ts';
const TEXTS = 'auth-server/pages/common/texts.ts';
const AUTH_SERVER = 'auth-server/main.ts';
const BROKEN = "throw new Error('at the start');\n";
const ENDED = 'The auth server ended (exit code 1). It starts again after the next change.';
/** The API waited for the auth server to the end of its limit. */
const TOO_LATE = 'The API is not ready after';

let copy: string;
let place: Place;
let command: Command;

beforeAll(async () => {
  copy = copyProject();
  // The types of all files take half a minute, and one file shows that they are checked.
  edit('tsconfig.build.json', (text) =>
    JSON.stringify({ ...(JSON.parse(text) as object), include: [ENTRANCE] }),
  );
  place = await makePlace();
  const script = ['test/support/run-typescript.cjs', 'launcher/dev/main.ts'];
  edit(AUTH_SERVER, (text) => text + BROKEN);
  command = new Command(copy, place.env, script);
  await untilPrinted(ENDED);
  edit(AUTH_SERVER, (text) => text.replace(BROKEN, ''));
  await untilPrinted('Watching for changes.');
});

afterAll(async () => {
  command.signal('SIGKILL');
  await command.leftOver();
  place.remove();
  rmSync(copy, { recursive: true, force: true });
});

function untilPrinted(text: string): Promise<void> {
  return eventually(() => expect(command.output).toContain(text), LIMIT_MS);
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(copy, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

async function read(port: 'API_PORT' | 'AUTH_PORT', path: string): Promise<string> {
  // A connection of its own: the restart closes kept ones.
  const headers = { accept: '*/*', connection: 'close' };
  return (await fetch(`http://localhost:${place.env[port]}${path}`, { headers })).text();
}

function untilServed(...[port, path, text]: [...Parameters<typeof read>, string]): Promise<void> {
  return eventually(async () => expect(await read(port, path)).toContain(text), LIMIT_MS);
}

/** The process that runs; one that waits is named `standby.ts`. */
const pidOf = (folder: string) => command.find(`node ${join(copy, folder, 'main.ts')}`).pid;

function findWaiting(folder: string): number | undefined {
  const isWaiting = (text: string) => text.includes(`standby.ts ${join(copy, folder, 'main.ts')}`);
  return command.children().find((child) => isWaiting(child.command))?.pid;
}

describe('npm run dev', () => {
  it('starts the auth server again that ended at the first start', () => {
    expect(command.output).not.toContain(TOO_LATE);
  });

  it('restarts the API alone after a change of its sources', async () => {
    const authServer = pidOf('auth-server');
    edit(ENTRANCE, (text) => text.replace("'Gatehouse API'", "'First edit'"));
    await untilServed('API_PORT', '/', 'First edit');
    await untilPrinted('The API (src/entrance/entrance.controller.ts).');
    expect(pidOf('auth-server')).toBe(authServer);
  });

  it('restarts the auth server alone after a change of its sources', async () => {
    const api = pidOf('src');
    edit(TEXTS, (text) => text.replace("title: 'Sign in'", "title: 'Second edit'"));
    await untilServed('AUTH_PORT', '/sign-in', 'Second edit');
    expect(pidOf('src')).toBe(api);
  });

  it('keeps the processes and prints the error when a file does not compile', async () => {
    const api = pidOf('src');
    edit(ENTRANCE, (text) => text.replace("'First edit'", "'Third edit' +"));
    await untilPrinted(`${ENTRANCE} does not compile`);
    expect(await read('API_PORT', '/')).toContain('First edit');
    expect(pidOf('src')).toBe(api);
    edit(ENTRANCE, (text) => text.replace("'Third edit' +", "'Third edit'"));
    await untilServed('API_PORT', '/', 'Third edit');
  });

  it('starts a process again that ended, after the next change', async () => {
    edit(ENTRANCE, (text) => `${text}throw new Error('at the start');\n`);
    await untilPrinted('The API ended (exit code 1). It starts again after the next change.');
    edit(ENTRANCE, (text) => text.replace("throw new Error('at the start');\n", ''));
    await untilServed('API_PORT', '/', 'Third edit');
  });

  it('corrects the auth server while the API waits for it', async () => {
    const file = 'contract/roles.ts';
    const broken = "if (process.title.includes('auth-server')) throw new Error('broken');\n";
    const before = command.output.length;
    edit(file, (text) => text + broken);
    await eventually(() => expect(command.output.slice(before)).toContain(ENDED), LIMIT_MS);
    edit(file, (text) => text.replace(broken, ''));
    await untilServed('AUTH_PORT', '/sign-in', 'Second edit');
    await untilServed('API_PORT', '/health/ready', '{"status":"ok"');
    expect(command.output).not.toContain(TOO_LATE);
  });

  it('restarts in a process that waits, with the debugger on the loopback interface', async () => {
    await eventually(() => expect(findWaiting('src')).toBeDefined(), LIMIT_MS);
    const waiting = findWaiting('src');
    edit(ENTRANCE, (text) => text.replace("'Third edit'", "'Fourth edit'"));
    await untilServed('API_PORT', '/', 'Fourth edit');
    expect(pidOf('src')).toBe(waiting);
    const [address] = /127\.0\.0\.1:\d+(?= \(API\))/.exec(command.output)!;
    const answer = await fetch(`http://${address}/json`, { headers: { connection: 'close' } });
    expect(await answer.json()).toEqual([expect.objectContaining({ type: 'node' })]);
  });

  it('runs the changed source of a file that the waiting process has loaded', async () => {
    await eventually(() => expect(findWaiting('src')).toBeDefined(), LIMIT_MS);
    const line = 'process.stderr.write(`loaded by ${process.title}\\n`);\n';
    edit('runtime/settings/development.ts', (text) => text + line);
    // A process that waits loads it too, and has another title.
    await untilPrinted(`loaded by node ${join(copy, 'src/main.ts')}`);
  });

  it('brings the database in line with a role that a feature declares', async () => {
    const file = 'features/administration.feature.ts';
    edit(file, (text) =>
      text.replace('defineFeature({', "defineFeature({\n  roles: { editor: 'Edits' },"),
    );
    await untilPrinted(`(${file}).`);
    expect(command.output).not.toContain('does not accept the roles');
  });

  it('prints an error of the types', async () => {
    edit(ENTRANCE, (text) => `${text}export const wrong: number = 'text';\n`);
    await untilPrinted('error TS2322');
    expect(command.output).toMatch(/^types src\/entrance\/entrance\.controller\.ts/m);
  });

  it('stops everything at Ctrl-C', async () => {
    command.signal('SIGINT');
    expect(await command.exit()).toBe(0);
    expect(await command.leftOver()).toEqual([]);
  });
});
