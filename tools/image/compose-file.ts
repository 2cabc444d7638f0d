import { parse } from 'yaml';

/** A container of `docker-compose.yml`, with its variables filled in. */
export interface ComposeService {
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  stop_grace_period?: string;
  networks?: string[];
  logging?: { options?: Record<string, string> };
}

/**
 * Reads a compose file as Compose does: anchors and merges first, then the variables.
 *
 * @throws when a variable with `:?` has no value.
 */
export function parseComposeFile(
  text: string,
  variables: Record<string, string>,
): Record<string, ComposeService> {
  const document: unknown = parse(text, { merge: true });
  const { services } = interpolateAll(document, variables) as {
    services: Record<string, ComposeService>;
  };
  return services;
}

function interpolateAll(value: unknown, variables: Record<string, string>): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolateAll(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, interpolateAll(item, variables)]),
  );
}

/** An innermost `${NAME:-default}` or `${NAME:?message}`: neither holds another one. */
const INNERMOST = /\$\{(\w+):([-?])([^${}]*)\}/;

/** https://docs.docker.com/reference/compose-file/interpolation/ */
export function interpolate(text: string, variables: Record<string, string>): string {
  let rest = text;
  for (let found = INNERMOST.exec(rest); found; found = INNERMOST.exec(rest)) {
    const [whole, name = '', operator, operand = ''] = found;
    const value = variables[name] ?? '';
    if (value === '' && operator === '?') throw new Error(`${name} ${operand}`);
    rest = rest.replace(whole, () => value || operand);
  }
  if (/\$(?!\$)/.test(rest)) throw new Error(`not understood: ${rest}`);
  return rest;
}
