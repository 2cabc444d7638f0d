import { styleText } from 'node:util';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const COLOURS = { warn: 'yellow', error: 'red', fatal: 'red' } as const;

/** Shown elsewhere, or useful only for tools. */
const KNOWN_FIELDS = ['time', 'level', 'process', 'name', 'msg', 'err', 'requestId'];
const REQUEST_FIELDS = ['method', 'path', 'status', 'ms'];

type Fields = Record<string, unknown>;

export interface LineSource {
  /** Short name of the process. */
  source: string;
  /** Least severe level that is shown. */
  least: string;
}

/**
 * Converts a line of a process' output for a terminal: a log event becomes `12:00:01 api   warn
 * message`; another line stays unchanged after the name of the process. @returns `null` for a log
 * event below the shown level.
 */
export function formatLine(line: string, { source, least }: LineSource): string | null {
  const event = parseEvent(line);
  if (!event) return `${source.padEnd(5)} ${line}`.trimEnd();
  const level = String(event.level);
  if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return null;
  const time = new Date(String(event.time)).toTimeString().slice(0, 8);
  const words = [describeWhat(event), describeRest(event), describeError(event)];
  const text = words.filter((word) => word !== '').join(' ');
  return `${time} ${source.padEnd(5)} ${colour(level, level.padEnd(5))} ${text}`;
}

function parseEvent(line: string): Fields | null {
  if (!line.startsWith('{')) return null;
  try {
    const parsed = JSON.parse(line) as Fields;
    return LEVELS.includes(String(parsed.level)) ? parsed : null;
  } catch {
    return null;
  }
}

function describeWhat(event: Fields): string {
  if (!isRequest(event)) return String(event.msg);
  const { method, path, status, ms } = event;
  return [method, path, status, ms, 'ms'].map(String).join(' ');
}

function isRequest({ msg, method, path }: Fields): boolean {
  return msg === 'request' && method !== undefined && path !== undefined;
}

function describeRest(event: Fields): string {
  const told = isRequest(event) ? [...KNOWN_FIELDS, ...REQUEST_FIELDS] : KNOWN_FIELDS;
  return Object.entries(event)
    .filter(([name]) => !told.includes(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** Errors with their stack, warnings with their text. */
function describeError({ err, level }: Fields): string {
  const { message, stack } = (err ?? {}) as { message?: string; stack?: string };
  if (message === undefined) return '';
  return level === 'warn' || !stack ? `(${message})` : `\n${stack}`;
}

function colour(level: string, text: string): string {
  return level in COLOURS ? styleText(COLOURS[level as keyof typeof COLOURS], text) : text;
}
