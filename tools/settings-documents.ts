import {
  SETTING_DEFINITIONS,
  type SettingDefinition,
  type SettingName,
} from '../runtime/settings/definitions';
import type { FeatureDeclaration, FeatureSetting } from '../features/define-feature';

const SOURCE = 'runtime/settings/definitions.ts';

/** Variables of `docker-compose.yml` that no process reads. */
const COMPOSE_ONLY = `
# --- docker-compose.yml only ---

# Password of the database that the stack brings along. Required there. It becomes part of
# a URL: letters and digits are safe.
#POSTGRES_PASSWORD=(openssl rand -hex 24)

# Database URLs of one process, for another server than that of the stack. With these,
# DATABASE_DIRECT_URL is that of the migrations alone.
#AUTH_DATABASE_URL=
#AUTH_DATABASE_DIRECT_URL=
#API_DATABASE_URL=
#API_DATABASE_DIRECT_URL=
`;

/** `.env.example`: every setting as a comment, so that a copy changes nothing. */
export function renderEnvExample(): string {
  const head = [
    '# Settings of both processes. Copy this file to .env and uncomment what is to differ;',
    '# the environment goes before .env, and an empty value counts as unset.',
    `# Made from ${SOURCE} by \`npm run generate\`: change it there.`,
  ];
  const blocks = definitions().map(([name, definition]) => envLines(name, definition));
  return `${[head, ...blocks].map((lines) => lines.join('\n')).join('\n\n')}\n${COMPOSE_ONLY}`;
}

function envLines(name: SettingName, definition: SettingDefinition): string[] {
  const { meaning, defaultNote, example, schema } = definition;
  return [
    ...wrap(plain(sentence(meaning))),
    ...(schema.description ? wrap(`Values: ${plain(schema.description)}.`) : []),
    ...(defaultNote ? wrap(`Default: ${plain(defaultNote)}.`) : []),
    `#${name}=${definition.default ?? example ?? ''}`,
  ];
}

/** `docs/settings.md`: every setting in a table. */
export function renderSettingsPage(): string {
  return `# Settings

Made from [\`${SOURCE}\`](../${SOURCE}) by \`npm run generate\`: change it there.

Both processes read the environment, and below it the file \`.env\`. An empty value counts as unset. Every value is checked at the start, also one that the process does not need: bad ones are listed in one error, and the process ends with code 1. A name in \`.env\` that resembles a setting and is none is a warning in the log. Lengths of time are a whole number and a unit: \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`.

${table(definitions())}

The settings of a feature of your product are in \`settings.md\` of its folder, which the same command writes.
`;
}

/** `features/<name>/settings.md`: the settings of a feature in a table of the same shape. */
export function renderFeatureSettingsPage({ name, settings = {} }: FeatureDeclaration): string {
  const rows = Object.entries(settings).map(toRow);
  return `# Settings of ${name}

Made from [\`${name}.feature.ts\`](${name}.feature.ts) by \`npm run generate\`: change it there. The API reads them, [as those of Gatehouse](../../docs/settings.md).

${table(rows)}
`;
}

function toRow([name, setting]: [string, FeatureSetting]): Row {
  const { meaning, example } = setting;
  const text = example === undefined ? meaning : `${meaning}, for example \`${example}\``;
  const required = setting.requiredInProduction ? '; required in production' : '';
  const words = text.replace(/\.$/, '') + required;
  return [name, { default: setting.default ?? null, meaning: words }];
}

type Row = [
  name: string,
  setting: Pick<SettingDefinition, 'default' | 'defaultNote' | 'meaning'> & {
    schema?: SettingDefinition['schema'];
  },
];

function table(rows: readonly Row[]): string {
  const lines = rows.map(([name, { default: text, defaultNote, meaning, schema }]) => {
    const fallback = defaultNote ?? (text === null ? 'unset' : `\`${text}\``);
    const values = schema?.description ? ` Values: ${schema.description}.` : '';
    return `| \`${name}\` | ${cell(fallback)} | ${cell(sentence(meaning) + values)} |`;
  });
  return ['| Name | Default | Meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

function definitions(): [SettingName, SettingDefinition][] {
  return Object.entries(SETTING_DEFINITIONS) as [SettingName, SettingDefinition][];
}

function sentence(text: string): string {
  const capital = text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return `${capital}.`;
}

/** A page does not link from a comment: its path stands there. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\(([^)#]+)[^)]*\)/g, '$1: docs/$2').replaceAll('`', '');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Comment lines of at most 92 characters. */
function wrap(text: string): string[] {
  const lines = text.match(/.{1,90}(?=\s|$)\s?/g) ?? [];
  return lines.map((line) => `# ${line.trim()}`);
}
