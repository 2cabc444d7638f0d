/** @returns the name that the written one resembles: at most a quarter of the characters differ. */
export function findNearestName(written: string, names: readonly string[]): string | null {
  const [nearest] = names
    .map((name) => ({ name, edits: countEdits(written, name) }))
    .filter(({ name, edits }) => edits <= name.length / 4)
    .toSorted((one, other) => one.edits - other.edits);
  return nearest?.name ?? null;
}

/** Levenshtein distance: the characters to insert, delete or replace. */
function countEdits(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > to.length / 4) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = row[column]! + (from[index] === to[column] ? 0 : 1);
      next.push(Math.min(replaced, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
