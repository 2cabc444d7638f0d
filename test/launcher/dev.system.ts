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

let copy: string;
let place: Place;
let command: Command;

beforeAll(async () => {
  copy = copyProject();
  place = await makePlace();
  const script = ['test/support/run-typescript.cjs', 'launcher/dev/main.ts'];
  command = new Command(copy, place.env, script);
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

const pidOf = (folder: string) => command.find(`${folder}/main.ts`).pid;

describe('npm run dev', () => {
  it('restarts the API alone after a change of its sources', async () => {
    const authServer = pidOf('auth-server');
    edit(ENTRANCE, (text) => text.replace("'Gatehouse API'", "'First edit'"));
    await eventually(async () => {
      expect(await read('API_PORT', '/')).toContain('First edit');
    });
    await command.until('The API (src/entrance/entrance.controller.ts).');
    expect(pidOf('auth-server')).toBe(authServer);
  });

  it('restarts the auth server alone after a change of its sources', async () => {
    const api = pidOf('src');
    edit(TEXTS, (text) => text.replace("title: 'Sign in'", "title: 'Second edit'"));
    await eventually(async () => {
      expect(await read('AUTH_PORT', '/sign-in')).toContain('Second edit');
    });
    expect(pidOf('src')).toBe(api);
  });

  it('keeps the processes and prints the error when a file does not compile', async () => {
    const api = pidOf('src');
    edit(ENTRANCE, (text) => text.replace("'First edit'", "'Third edit' +"));
    await command.until(`${ENTRANCE} does not compile`);
    expect(await read('API_PORT', '/')).toContain('First edit');
    expect(pidOf('src')).toBe(api);
    edit(ENTRANCE, (text) => text.replace("'Third edit' +", "'Third edit'"));
    await eventually(async () => {
      expect(await read('API_PORT', '/')).toContain('Third edit');
    });
  });

  it('starts a process again that ended, after the next change', async () => {
    edit(ENTRANCE, (text) => `${text}throw new Error('at the start');\n`);
    await command.until('The API ended (exit code 1). It starts again after the next change.');
    edit(ENTRANCE, (text) => text.replace("throw new Error('at the start');\n", ''));
    await eventually(async () => {
      expect(await read('API_PORT', '/')).toContain('Third edit');
    });
  });

  it('prints an error of the types', async () => {
    edit(ENTRANCE, (text) => `${text}export const wrong: number = 'text';\n`);
    await untilPrinted('error TS2322');
    expect(command.output).toMatch(/^types src\/entrance\/entrance\.controller\.ts/m);
  });

  it('listens with both debuggers on the loopback interface', () => {
    const commands = command.children().map(({ command: line }) => line);
    expect(commands.filter((line) => /--inspect=127\.0\.0\.1:92(29|30) /.test(line))).toHaveLength(
      2,
    );
  });

  it('stops everything at Ctrl-C', async () => {
    command.signal('SIGINT');
    expect(await command.exit()).toBe(0);
    expect(await command.leftOver()).toEqual([]);
  });
});
