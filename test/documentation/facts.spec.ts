import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { AUDIT_ACTIONS, AUDIT_SUBJECT_TYPES, SERVICE_ACCOUNT_SCOPES } from '../../contract';
import { PRODUCT_FEATURES } from '../../features/installed';
import { MOST_STORED } from '../../contract/tables/stored-bounds';
import { PROBLEM_CODES } from '../../src/common/problems/problem-codes';

const ROOT = resolve(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The tutorial names what its reader creates, and the change log names what is gone. */
const PAGES = globSync(['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'docs/**/*.md'], {
  cwd: ROOT,
}).filter((page) => page !== join('docs', 'guides', 'first-feature.md'));

const SOURCES = globSync(
  [
    '{src,auth-server,runtime,contract,features,launcher,migrations,tools,deploy,examples,bench,test/support,test/fuzz,test/browser}/**/*.{ts,mjs,json,yaml,py}',
    '*.{json,yml}',
  ],
  { cwd: ROOT, exclude: ['**/node_modules/**', '**/package-lock.json'] },
).map((file) => read(file));

/** Names of other products and standards, which this code does not contain. */
const FOREIGN = [
  'initiating_entity',
  'reason_user',
  'critical_subject_members',
  'inactivity_timeout',
  'suspend_timeout',
  'max_connections',
  'default_pool_size',
  'OWNER_URL',
  'mod_auth_openidc',
  'openid_connect',
  'authorization_uri',
  'extra_authorize_params',
  'auth_params',
  'auth_complete_params',
  'form_post',
];

/** The cells of the rows of a table whose first cell has a name in code. */
function rowsOf(page: string, heading: string): string[][] {
  const section = read(page).split(`${heading}\n`)[1]!.split(/\n#+ /)[0]!;
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .slice(2, -2)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const codesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

describe('the documents name only', () => {
  it('commands of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
    expect(unknownNames(/npm run ([\w:-]+)/g, (name) => Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('programs of the build', () => {
    const isBuilt = (program: string) => existsSync(join(ROOT, `${program}.ts`));
    expect(unknownNames(/\bdist\/([\w/-]+)\.js\b/g, isBuilt)).toEqual([]);
  });

  it('services of docker-compose.yml, with a command of their container', () => {
    const { services } = parse(read('docker-compose.yml')) as { services: object };
    const own = { exec: ['node dist/', 'pg_', 'createdb ', 'dropdb '], run: ['dist/'] };
    const isRight = (line: string) => {
      const [, verb, words] = /^(exec|run) (.*)$/.exec(line)!;
      const [, service, command] = /^(?:--?\S+ (?:"[^"]*" )?)*(\w+) (.*)$/.exec(words!)!;
      const starts = own[verb as 'exec' | 'run'];
      return Object.hasOwn(services, service!) && starts.some((text) => command!.startsWith(text));
    };
    expect(unknownNames(/docker compose ((?:exec|run) [^`\n]*)/g, isRight)).toEqual([]);
  });

  it('files and folders that exist', () => {
    const folders =
      'test|src|auth-server|runtime|contract|features|launcher|migrations|tools|deploy|examples|bench|docs';
    const paths = new RegExp(`\`((?:${folders})/[\\w./*-]*)\``, 'g');
    expect(unknownNames(paths, (path) => globSync(path, { cwd: ROOT }).length > 0)).toEqual([]);
  });

  it('routes of the OpenAPI documents', () => {
    const { paths } = JSON.parse(read('openapi-all.json')) as {
      paths: Record<string, Record<string, object>>;
    };
    const shape = (path: string) =>
      path.replaceAll(/\{[^}]*\}|\$\w+|\.$/g, (part) => (part === '.' ? '' : '{}'));
    const routes = new Set([
      ...Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${shape(path)}`),
      ),
      // Those of a product are in documents of their own.
      ...PRODUCT_FEATURES.flatMap(({ routes: own = {} }) => Object.keys(own).map(shape)),
    ]);
    const named = /\b((?:GET|POST|PUT|PATCH|DELETE) \/api\/v1[^\s`?"'\\,]*)/g;
    expect(unknownNames(named, (route) => routes.has(shape(route)))).toEqual([]);
  });

  it('settings, codes, tables and columns of the code', () => {
    const words = new Set([
      ...FOREIGN,
      ...SOURCES.flatMap((source) => source.match(/\w*_\w+/g) ?? []),
    ]);
    const named = /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+(?:_[a-z]+)+)`/g;
    expect(unknownNames(named, (name) => words.has(name))).toEqual([]);
  });

  it('problem codes with their status', () => {
    const statuses = new Map<string, number>(
      Object.entries(PROBLEM_CODES).map(([code, { status }]) => [code, status]),
    );
    const isTrue = (pair: string) => {
      const [status, code] = pair.split(' `');
      return [undefined, Number(status)].includes(statuses.get(code!));
    };
    expect(unknownNames(/\b([1-5]\d\d `[a-z_]+)`/g, isTrue)).toEqual([]);
  });
});

/** Matches of a pattern with one group in the documents that are not known, with their page. */
function unknownNames(pattern: RegExp, isKnown: (name: string) => boolean): string[] {
  return PAGES.flatMap((page) =>
    [...read(page).matchAll(pattern)]
      .map(([, name]) => name!)
      .filter((name) => !isKnown(name))
      .map((name) => `${page}: ${name}`),
  );
}

describe('docs/security/limits.md', () => {
  const PAGE = 'docs/security/limits.md';
  const LIMITS = ['sign-in-limits', 'request-limits', 'plugin']
    .map((file) => read(`auth-server/limits/${file}.ts`))
    .join('\n');

  it('states the limits of the code', () => {
    const stated = [...rowsOf(PAGE, '## Password sign-in'), ...rowsOf(PAGE, '## Other limits')].map(
      ([name, , ...limit]) => [codesIn(name!)[0], limit.join(', ')],
    );
    expect(Object.fromEntries(stated)).toEqual({
      ...Object.fromEntries([...delays(LIMITS), ...windows(LIMITS)]),
      ...publicLimits(),
      export: perTime(apiLimits().export![0], String(apiLimits().export![1])),
      'access-events': streams(),
    });
  });

  it('states the budgets of mails', () => {
    const rules = new Map(windows(read('auth-server/mail/mail-budgets.ts')));
    const text = read(PAGE);
    expect(rules.size).toBe(5);
    for (const [name, what] of [
      ['mail-recipient', ' for one kind of mail to one address'],
      ['mail-network', ' from one IP address'],
      ['mail-sender', ' to addresses that one user names'],
      ['mail-notice', ' for one kind to one address'],
      ['mail-by-administrator', ' for one kind to one address'],
    ] as const) {
      expect(text).toContain(rules.get(name)! + what);
    }
  });

  it('states what a user can store', () => {
    const section = read(PAGE).split('## What a user can store\n')[1]!;
    for (const [kind, most] of Object.entries(MOST_STORED)) {
      const name = kind.replace('trustedDevices', 'trusted devices');
      expect(section).toMatch(new RegExp(`^\\| ${name}[^|]*\\| ${most} `, 'm'));
    }
  });
});

it.each(['src/http/fixed-headers.ts', 'auth-server/http/security-headers.ts'])(
  'docs/security/http.md states the Strict-Transport-Security of %s',
  (file) => {
    const [, value] = /TRANSPORT(?:_SECURITY)? = '([^']+)'/.exec(read(file))!;
    expect(read('docs/security/http.md')).toContain(`\`Strict-Transport-Security: ${value}\``);
  },
);

it('docs/guides/rest-conventions.md states every limit of the API', () => {
  const page = 'docs/guides/rest-conventions.md';
  const stated = rowsOf(page, '## Limits').map(([name, , quota, window]) => [
    codesIn(name!)[0]!.replaceAll('"', ''),
    `${quota} in ${window}`,
  ]);
  const { public: ofOthers, ...limits } = apiLimits();
  expect(read(page)).toContain(`above ${ofOthers![0].toLocaleString('en')} requests`);
  expect(Object.fromEntries(stated)).toEqual(
    Object.fromEntries(
      Object.entries(limits).map(([name, [quota, window]]) => [
        name,
        `${quota.toLocaleString('en')} in ${inWords(window)}`,
      ]),
    ),
  );
});

const HOUR_S = 3_600;

function inWords(seconds: number): string {
  if (seconds % HOUR_S === 0) return `${seconds / HOUR_S} h`;
  return seconds % 60 === 0 && seconds > 60 ? `${seconds / 60} min` : `${seconds} s`;
}

/** A number or a constant of the limits. */
function toSeconds(text: string): number {
  return { HOUR: HOUR_S, DAY: 24 * HOUR_S }[text] ?? Number(text.replaceAll('_', ''));
}

function delays(code: string): [name: string, limit: string][] {
  const rules = code.matchAll(
    /\{ name: '([\w-]+)', free: (\d+), window: (\w+), longest: (\w+) \}/g,
  );
  return [...rules].map(([, name, free, window, longest]) => [
    name!,
    name === 'password'
      ? `${free}, then waits up to ${inWords(toSeconds(longest!))}`
      : [free, inWords(toSeconds(window!)), inWords(toSeconds(longest!))].join(', '),
  ]);
}

function windows(code: string): [name: string, limit: string][] {
  const rules = code.matchAll(
    /\{ name: '([\w-]+)', (?:most|points): (\d+), (?:window|duration): (\w+) \}/g,
  );
  return [...rules].map(([, name, most, window]) => [name!, perTime(Number(most), window!)]);
}

function perTime(most: number, window: string): string {
  const seconds = toSeconds(window);
  const number = most.toLocaleString('en');
  return seconds === HOUR_S ? `${number} an hour` : `${number} in ${inWords(seconds)}`;
}

/** Every `new RateLimit()` of the API, with its quota and its window in seconds. */
function apiLimits(): Record<string, [quota: number, window: number]> {
  const code = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['**/*.spec.ts'] })
    .map((file) => read(file))
    .filter((text) => text.includes('new RateLimit('));
  const limits = code.flatMap((text) => {
    const numberOf = (pattern: string) =>
      toSeconds(new RegExp(`${pattern}(\\d[\\d_]*)`).exec(text)![1]!);
    return [...text.matchAll(/new RateLimit\((?:\{ name: '(\w+)')?/g)].map(([, name]) => {
      const quota = numberOf(`\\b${name!.toUpperCase()}_QUOTA = `);
      return [name, [quota, numberOf(String.raw`\b(?:WINDOW_SECONDS = |windowSeconds: )`)]];
    });
  });
  return Object.fromEntries(limits) as Record<string, [number, number]>;
}

function publicLimits(): Record<string, string> {
  const quotas = ['auth-server/limits/public-limits.ts', 'src/auth/rate-limit/public-routes.ts']
    .map((file) => /PUBLIC_QUOTA = (\d+_?\d*);/.exec(read(file))![1]!)
    .map((text) => perTime(Number(text.replace('_', '')), '60'));
  expect(new Set(quotas).size).toBe(1);
  return { public: quotas[0]!, 'key-set': quotas[0]! };
}

function streams(): string {
  const code = read('src/admin/access-events/stream-places.ts');
  const [, ofCaller, ofReplica] = /ofCaller: (\d+), ofReplica: (\d+)/.exec(code)!;
  return `${ofCaller} of one caller, ${ofReplica}`;
}

/** Features of a product have documents of their own. */
function withoutProduct(
  names: readonly string[],
  part: 'auditActions' | 'auditSubjects' | 'scopes',
): string[] {
  const ofProduct = PRODUCT_FEATURES.flatMap(({ [part]: declared = [] }) =>
    Array.isArray(declared) ? declared : Object.keys(declared),
  );
  return names.filter((name) => !ofProduct.includes(name)).toSorted();
}

it('docs/guides/audit.md lists every action, and no other', () => {
  const listed = rowsOf('docs/guides/audit.md', '## Actions').flatMap(([name]) => codesIn(name!));
  expect(listed.toSorted()).toEqual(withoutProduct(AUDIT_ACTIONS, 'auditActions'));
});

it('docs/guides/audit.md names every kind of subject', () => {
  const rows = rowsOf('docs/guides/audit.md', '## Fields');
  const subject = rows.find(([name]) => name === '`subject`')![1];
  for (const type of withoutProduct(AUDIT_SUBJECT_TYPES, 'auditSubjects')) {
    expect(subject).toContain(type);
  }
});

it('docs/guides/oauth.md lists the scopes of the API', () => {
  const rows = rowsOf('docs/guides/oauth.md', '## Service accounts');
  const listed = rows.flatMap(([name]) => codesIn(name!));
  expect(listed.toSorted()).toEqual(withoutProduct(SERVICE_ACCOUNT_SCOPES, 'scopes'));
});

it('docs/operations/README.md lists every job, with its process', () => {
  const listed = rowsOf('docs/operations/README.md', '## Jobs').map(
    ([name, process]) => `${codesIn(name!)[0]}: ${process}`,
  );
  const jobs = [
    ['auth server', 'auth-server'],
    ['API', 'src'],
  ].flatMap(([process, folder]) =>
    globSync(`${folder}/**/*.ts`, { cwd: ROOT })
      .flatMap((file) => [...read(file).matchAll(/name: '([a-z-]+)',\s+intervalMs/g)])
      .map(([, name]) => `${name}: ${process}`),
  );
  expect(jobs.length).toBeGreaterThan(5);
  expect(listed.toSorted()).toEqual(jobs.toSorted());
});
