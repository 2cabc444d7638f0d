/** A ratio of two medians of one run, and what it has to be. */
export interface Goal {
  what: string;
  ratio: number;
  atLeast?: number;
  atMost?: number;
  /** Further figures of the same comparison, in words. */
  note?: string;
}

export function renderGoals(goals: readonly Goal[]): string[] {
  const width = Math.max(...goals.map(({ what }) => what.length));
  return goals.map(({ what, ratio, atLeast, atMost, note }) => {
    const bound = atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`;
    const isReached = atLeast === undefined ? ratio <= atMost! : ratio >= atLeast;
    const outcome = isReached ? 'reached' : 'not reached';
    const figures = `${ratio.toFixed(2).padStart(6)}  ${bound.padEnd(8)} ${outcome}`;
    return `${what.padEnd(width)}  ${figures}${note ? `  (${note})` : ''}`;
  });
}
