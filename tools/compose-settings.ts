import { readFileSync } from 'node:fs';
import {
  type ProcessName,
  processesOf,
  SETTING_DEFINITIONS,
  type SettingDefinition,
} from '../runtime/settings/definitions';

const FILE = 'docker-compose.yml';
const BEGIN =
  '# Made from runtime/settings/definitions.ts by `npm run generate`: the settings that each\n' +
  '# process reads, from the environment or from .env. An empty value counts as unset.\n';
const END = '# End of the generated part.\n';

const PROCESSES: readonly ProcessName[] = ['migrate', 'auth', 'api'];

/** `docker-compose.yml`, with the part that lists the settings of each process made anew. */
export function renderComposeFile(): string {
  const [head, tail] = splitAround(readFileSync(FILE, 'utf8'));
  const blocks = PROCESSES.map(
    (name) => `x-${name}-settings: &${name}-settings\n${settingLines(name)}`,
  );
  return `${head}${BEGIN}\n${blocks.join('\n')}\n${END}${tail}`;
}

function splitAround(text: string): [head: string, tail: string] {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`${FILE} lost the marks of its generated part`);
  return [text.slice(0, begin), text.slice(end + END.length)];
}

function settingLines(processName: ProcessName): string {
  return Object.entries<SettingDefinition>(SETTING_DEFINITIONS)
    .filter(([, definition]) => processesOf(definition).includes(processName))
    .map(([name]) => `  ${name}: \${${name}:-}\n`)
    .join('');
}
