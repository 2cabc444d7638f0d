import { formatLine } from './log-lines';

/** The output of the processes at a terminal: the start shows little, later everything is shown. */
export class StartLog {
  private least: string;

  constructor(level: string) {
    this.least = ['debug', 'trace'].includes(level) ? 'trace' : 'warn';
  }

  showAll(): void {
    this.least = 'trace';
  }

  print(line: string, source: string): void {
    const text = formatLine(line, { source, least: this.least });
    if (text !== null) say(text);
  }
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
