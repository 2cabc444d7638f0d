import type { TrialResult } from './trial';

const COLUMNS = ['Fault', 'Requests', 'Failed', 'Statuses', 'Slowest', 'Recovery', 'Lost writes'];

/** What `docs/operations/faults.md` promises. A busy host adds its own delay. */
const PROMISES = { answerMs: 5_000, recoveryMs: 2_000 };

/** The head of a table in Markdown. */
export function renderHead(): string {
  return `${row(COLUMNS)}\n${row(COLUMNS.map(() => '---'))}`;
}

/** A line for each answer, end or time that is not as promised. */
export function listProblems({ wrong, losses, ended, slowest, recoveryMs }: TrialResult): string[] {
  return [
    ...Object.entries(wrong).map(([answer, count]) => `wrong: ${answer} (${count})`),
    ...losses.map((loss) => `lost: ${loss}`),
    ...ended.map((name) => `ended: ${name}`),
    ...(slowest.ms > PROMISES.answerMs ? ['missed: an answer within 5 s'] : []),
    ...(recoveryMs > PROMISES.recoveryMs ? ['missed: recovery within 2 s'] : []),
  ];
}

/** A row, and below it what is not as promised. */
export function renderRow(result: TrialResult): string {
  const { requests, failed, slowest, losses, writes } = result;
  const cells = [
    result.fault,
    String(requests),
    `${((100 * failed) / requests).toFixed(1)} %`,
    Object.entries(result.statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', '),
    `${(slowest.ms / 1_000).toFixed(1)} s (${slowest.kind})`,
    `${(result.recoveryMs / 1_000).toFixed(1)} s`,
    `${losses.length} of ${writes}`,
  ];
  return [row(cells), ...listProblems(result)].join('\n');
}

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
