/** The log lines at the begin and the end of a fault. */
export interface FaultReport {
  began(reason: string): void;
  ended?(): void;
}

/** Reports a fault when it begins and when it ends, and not each time that it is seen. */
export class FaultState {
  private isFaulty = false;

  constructor(private readonly report: FaultReport) {}

  /** @param error only its message is reported: errors of a database contain values of rows. */
  begin(error: unknown): void {
    if (this.isFaulty) return;
    this.isFaulty = true;
    this.report.began(toReason(error));
  }

  end(): void {
    if (!this.isFaulty) return;
    this.isFaulty = false;
    this.report.ended?.();
  }
}

/** The message of an error. An error for several IP addresses has no message of its own. */
export function toReason(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, code } = (error ?? {}) as { message?: string; code?: unknown };
  return message || String(code ?? error);
}
