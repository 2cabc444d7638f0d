/** An unknown JSON object. */
export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object of the tree, rewritten from the leaves up. */
export function rewrite(node: unknown, change: (object: Json) => Json): unknown {
  if (Array.isArray(node)) return node.map((child) => rewrite(child, change));
  if (!isJson(node)) return node;
  const entries = Object.entries(node).map(([name, child]) => [name, rewrite(child, change)]);
  return change(Object.fromEntries(entries) as Json);
}

/** Every value with the name, at any depth. */
export function valuesUnder(node: unknown, name: string): unknown[] {
  if (Array.isArray(node)) return node.flatMap((child) => valuesUnder(child, name));
  if (!isJson(node)) return [];
  const below = Object.values(node).flatMap((child) => valuesUnder(child, name));
  return Object.hasOwn(node, name) ? [node[name], ...below] : below;
}
