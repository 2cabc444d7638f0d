import type { TrialResult } from './trial';

const COLUMNS = ['Fault', 'Requests', 'Failed', 'Statuses', 'Slowest', 'Recovery', 'Lost writes'];

/** The head of a table in Markdown. */
export function renderHead(): string {
  return `${row(COLUMNS)}\n${row(COLUMNS.map(() => '---'))}`;
}

/** A row, and a line for each answer or end that the contract does not have. */
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
  const problems = [
    ...Object.entries(result.wrong).map(([answer, count]) => `wrong: ${answer} (${count})`),
    ...losses.map((loss) => `lost: ${loss}`),
    ...result.ended.map((name) => `ended: ${name}`),
  ];
  return [row(cells), ...problems].join('\n');
}

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
