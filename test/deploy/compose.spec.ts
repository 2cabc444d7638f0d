import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { NODE_FLAGS } from '../../launcher/services/service';
import { DATABASE_ROLES } from '../../launcher/database-grants';
import {
  type ProcessName,
  processesOf,
  SETTING_DEFINITIONS,
  type SettingDefinition,
} from '../../runtime/settings/definitions';
import { STOP_LIMIT_MS } from '../../runtime/lifecycle/http-stop';
import { loadSettings } from '../../runtime/settings/load';
import { type ComposeService, parseComposeFile } from '../../tools/image/compose-file';

const SECRETS = {
  POSTGRES_PASSWORD: 'a-database-password',
  AUTH_DATABASE_PASSWORD: 'auth-password-0123456789',
  API_DATABASE_PASSWORD: 'api-password-0123456789',
  BETTER_AUTH_SECRET: 'a test secret of more than 32 characters',
  ADMIN_PASSWORD: 'a long passphrase',
};

const SERVICES: Record<ProcessName, string> = { migrate: 'migrate', auth: 'auth', api: 'api' };
const PROCESSES = Object.keys(SERVICES) as ProcessName[];

/** Set by the file itself: the stack is a production stack. */
const FIXED = ['NODE_ENV'];

const SETTINGS = Object.entries<SettingDefinition>(SETTING_DEFINITIONS);

describe('docker-compose.yml', () => {
  const text = readFileSync('docker-compose.yml', 'utf8');
  const environmentOf = (name: ProcessName, variables: Record<string, string> = SECRETS) =>
    serviceOf(parseComposeFile(text, variables), name).environment ?? {};

  it.each(
    SETTINGS.flatMap(([name, definition]) =>
      processesOf(definition).map((process): [string, ProcessName] => [name, process]),
    ).filter(([name]) => !FIXED.includes(name)),
  )('passes %s from the environment to the process %s', (name, process) => {
    const environment = environmentOf(process, { ...SECRETS, [name]: 'marker' });
    expect(environment[name]).toBe('marker');
  });

  it.each(PROCESSES)('passes no setting to the process %s that it does not read', (process) => {
    const foreign = SETTINGS.filter(([, definition]) => !processesOf(definition).includes(process));
    const environment = environmentOf(process);
    expect(foreign.map(([name]) => name).filter((name) => name in environment)).toEqual([]);
  });

  it.each([
    'BETTER_AUTH_SECRET',
    'ADMIN_PASSWORD',
    'SMTP_URL',
    'GOOGLE_CLIENT_SECRET',
    'GITHUB_CLIENT_SECRET',
    'OIDC_CLIENT_SECRET',
  ])('keeps %s from the API', (name) => {
    expect(environmentOf('api')).not.toHaveProperty(name);
  });

  it.each(PROCESSES)('starts the process %s with the secrets alone', (process) => {
    const settings = loadSettings(environmentOf(process), process);
    expect(settings).toMatchObject({
      production: true,
      authUrl: 'http://localhost:3000',
      apiUrl: 'http://localhost:8000',
    });
  });

  it('gives each process its own login, which the migrations create', () => {
    const users = PROCESSES.map((name) => new URL(environmentOf(name)['DATABASE_URL']!).username);
    expect(users).toEqual(['gatehouse', DATABASE_ROLES.authServer, DATABASE_ROLES.api]);
    expect(loadSettings(environmentOf('migrate'), 'migrate').databasePasswords).toEqual({
      authServer: new URL(environmentOf('auth')['DATABASE_URL']!).password,
      api: new URL(environmentOf('api')['DATABASE_URL']!).password,
    });
  });

  it.each(['auth', 'api'] as const)('gives the process %s time to stop', (name) => {
    const { stop_grace_period: grace } = serviceOf(parseComposeFile(text, SECRETS), name);
    const { shutdownDelay } = loadSettings(environmentOf(name), name);
    expect(Number.parseInt(grace!, 10)).toBeGreaterThan((shutdownDelay + STOP_LIMIT_MS) / 1_000);
    expect(grace).toMatch(/^\d+s$/);
  });

  it.each(PROCESSES)('lets the process %s reach a database outside of the stack', (name) => {
    const { networks } = parse(text) as { networks: Record<string, { internal?: boolean }> };
    const { networks: joined = [] } = serviceOf(parseComposeFile(text, SECRETS), name);
    expect(joined.filter((network) => !networks[network]!.internal)).not.toEqual([]);
  });

  it('bounds the log of each service: by default Docker keeps every line', () => {
    for (const { logging } of Object.values(parseComposeFile(text, SECRETS))) {
      expect(logging?.options).toEqual({ 'max-size': '20m', 'max-file': '5' });
    }
  });

  it.each(Object.keys(SECRETS))('does not start without %s', (name) => {
    const { [name]: _left, ...others } = SECRETS as Record<string, string>;
    expect(() => parseComposeFile(text, others)).toThrow(`${name} is missing in .env`);
  });

  it('names no variable that .env.example does not explain', () => {
    const example = readFileSync('.env.example', 'utf8');
    const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
    expect(used.filter((name) => !example.includes(`\n#${name}=`))).toEqual([]);
  });
});

function serviceOf(services: Record<string, ComposeService>, name: ProcessName): ComposeService {
  return services[SERVICES[name]]!;
}

it('every start of a process runs Node.js with the same flags', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: Record<string, string>;
  };
  const entrypoint = /^ENTRYPOINT (.*)$/m.exec(readFileSync('Dockerfile', 'utf8'))![1]!;
  const words = [scripts['start:auth']!, scripts['start:api']!].map((line) => line.split(' '));
  const all = [...words, JSON.parse(entrypoint) as string[]];
  const flags = all.map((list) => list.filter((word) => /^--(?!require=)/.test(word)));
  expect(flags).toEqual([NODE_FLAGS, NODE_FLAGS, NODE_FLAGS]);
});
