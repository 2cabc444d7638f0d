/** A copy of a list in which the first elements that match change places. */
export function swapped<T>(list: readonly T[], first: Matcher<T>, second: Matcher<T>): T[] {
  const copy = [...list];
  const [a, b] = [copy.findIndex(first), copy.findIndex(second)];
  if (a < 0 || b < 0) throw new Error('the list does not have both elements');
  [copy[a], copy[b]] = [copy[b]!, copy[a]!];
  return copy;
}

type Matcher<T> = (element: T) => boolean;
