import type { FeatureDeclaration, FeatureSetting } from '../../features/installed';

/** A part of a declaration with the names that it can have. */
interface NameRule {
  part:
    | 'roles'
    | 'scopes'
    | 'tags'
    | 'problems'
    | 'settings'
    | 'auditActions'
    | 'auditSubjects'
    | 'tables';
  pattern: RegExp;
  words: string;
}

const LOWER_CASE = 'lower-case letters, digits and underscores';
const NAME = /^[a-z][a-z0-9_]*$/;

const NAME_RULES: readonly NameRule[] = [
  // Better-Auth reads a comma as a list of roles.
  {
    part: 'roles',
    pattern: /^[a-z][a-z0-9_-]*$/,
    words: 'lower-case letters, digits, hyphens and underscores',
  },
  // Scopes of a request are separated by blanks (RFC 6749, section 3.3).
  {
    part: 'scopes',
    pattern: /^[A-Za-z0-9][A-Za-z0-9:._/-]*$/,
    words: 'letters, digits and `:._/-`',
  },
  { part: 'tags', pattern: /\S/, words: 'text' },
  { part: 'problems', pattern: NAME, words: LOWER_CASE },
  {
    part: 'auditActions',
    pattern: /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/,
    words: '`<what it is about>.<what happened>`',
  },
  { part: 'auditSubjects', pattern: NAME, words: LOWER_CASE },
  { part: 'tables', pattern: NAME, words: LOWER_CASE },
  {
    part: 'settings',
    pattern: /^[A-Z][A-Z0-9_]*$/,
    words: 'upper-case letters, digits and underscores',
  },
];

const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) \/\S*$/;

/**
 * The faults of a declaration that the compiler does not find, and those that it finds: `npm start`
 * and `npm run dev` do not check types.
 *
 * @param roles of all features. @returns a sentence for each fault.
 */
export function findDeclarationFaults(
  feature: FeatureDeclaration,
  roles: readonly string[],
): string[] {
  const faults = [
    ...(/^[a-z][a-z0-9-]*$/.test(feature.name)
      ? []
      : ['`name` consists of lower-case letters, digits and hyphens']),
    ...NAME_RULES.flatMap((rule) => findWrongNames(feature, rule)),
    ...findMissingTexts(feature),
    ...findWrongStatuses(feature),
    ...findWrongDefaults(feature),
    ...findWrongRoutes(feature, roles),
    ...findWrongUserColumns(feature),
    ...findWrongMigrations(feature),
  ];
  return faults.map((fault) => `${feature.name}: ${fault}`);
}

/** @param installed the names of all features. @returns a sentence for each name in `uses` without a feature. */
export function findMissingFeatures(
  { name, uses = [] }: FeatureDeclaration,
  installed: readonly string[],
): string[] {
  return uses
    .filter((used) => !installed.includes(used))
    .map((used) => `${name}: \`uses\` names ${used}, which is no installed feature`);
}

function findWrongNames(feature: FeatureDeclaration, { part, pattern, words }: NameRule): string[] {
  const declared = feature[part] ?? [];
  const names = Array.isArray(declared) ? (declared as string[]) : Object.keys(declared);
  return names
    .filter((name) => !pattern.test(name))
    .map((name) => `${JSON.stringify(name)} in \`${part}\` does not consist of ${words}`);
}

function findMissingTexts(feature: FeatureDeclaration): string[] {
  const { scopes = {}, problems = {}, roles = {}, tags = {}, settings = {} } = feature;
  const texts = [
    ...Object.entries(scopes).flatMap(([name, { meaning, consent }]) => [
      [`the \`meaning\` of the scope ${name}`, meaning],
      [`the text of the consent page for the scope ${name} (\`consent\`)`, consent],
    ]),
    ...Object.entries(problems).flatMap(([code, { title, meaning }]) => [
      [`the \`title\` of the problem ${code}`, title],
      [`the \`meaning\` of the problem ${code}`, meaning],
    ]),
    ...Object.entries(roles).map(([role, text]) => [`what the role ${role} may do`, text]),
    ...Object.entries(tags).map(([tag, text]) => [`the description of the tag ${tag}`, text]),
    ...Object.entries(settings).map(([name, { meaning }]) => [
      `the \`meaning\` of the setting ${name}`,
      meaning,
    ]),
  ];
  return texts.filter(([, text]) => !text?.trim()).map(([name]) => `${name} is missing`);
}

function findWrongStatuses({ problems = {} }: FeatureDeclaration): string[] {
  return Object.entries(problems)
    .filter(([, { status }]) => !Number.isInteger(status) || status < 400 || status > 599)
    .map(([code, { status }]) => `the problem ${code} has the status ${status}, which is no error`);
}

/**
 * Why the check of a setting refuses a value; `null` when it accepts it. A check may throw, as
 * `new URL()` does. Its error is not shown: it can contain the value.
 */
export function findSettingFault(value: string, fault: FeatureSetting['fault']): string | null {
  try {
    return fault?.(value) ?? null;
  } catch {
    return 'is not accepted by the check of the feature';
  }
}

/** The example too: it is copied. */
function findWrongDefaults({ settings = {} }: FeatureDeclaration): string[] {
  return Object.entries(settings).flatMap(([name, { fault, ...setting }]) =>
    (['default', 'example'] as const).flatMap((kind) => {
      const value = setting[kind];
      const reason = value === undefined ? null : findSettingFault(value, fault);
      return reason === null ? [] : [`the \`${kind}\` of the setting ${name} ${reason}`];
    }),
  );
}

function findWrongRoutes({ routes = {} }: FeatureDeclaration, roles: readonly string[]): string[] {
  return Object.entries(routes).flatMap(([route, callers]) => {
    const unknown = callers.split(',').filter((role) => !roles.includes(role));
    return [
      ...(ROUTE.test(route) ? [] : [`${route} in \`routes\` is not \`<METHOD> /<path>\``]),
      ...(callers === 'open' || unknown.length === 0
        ? []
        : [`${route} is declared for ${unknown.join(', ')}, which no feature has in \`roles\``]),
    ];
  });
}

function findWrongUserColumns({ tables = [], userColumns = {} }: FeatureDeclaration): string[] {
  return Object.entries(userColumns).flatMap(([column, reason]) => [
    ...(reason.trim() ? [] : [`the reason for ${column} in \`userColumns\` is missing`]),
    ...(tables.some((table) => column.startsWith(`${table}.`))
      ? []
      : [`${column} in \`userColumns\` is not \`<table>.<column>\` of \`tables\``]),
  ]);
}

/** TypeORM reads the time from the name that it records: the property `name`, or that of the class. */
function findWrongMigrations({ migrations = [] }: FeatureDeclaration): string[] {
  return migrations.flatMap((Migration) => {
    const { name } = Migration;
    if (!/\D\d{13}$/.test(name)) {
      return [`the name of the migration ${name} does not end with 13 digits`];
    }
    const { name: recorded = name } = new Migration() as { name?: string };
    return recorded === name
      ? []
      : [`the class of the migration ${recorded} has another name, ${name}`];
  });
}
