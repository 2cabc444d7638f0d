/** The log lines at the start and the end of a fault. */
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

  get isActive(): boolean {
    return this.isFaulty;
  }

  end(): void {
    if (!this.isFaulty) return;
    this.isFaulty = false;
    this.report.ended?.();
  }
}

/**
 * The message of an error. An error for several IP addresses has no message of its own, and an
 * error of `fetch` has its reason in `cause`.
 */
export function toReason(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, code, cause } = (error ?? {}) as ReportedError;
  if (message === FETCH_FAILED && cause !== undefined) return `${message}: ${toReason(cause)}`;
  return message || String(code ?? error);
}

const FETCH_FAILED = 'fetch failed';

interface ReportedError {
  message?: string;
  code?: unknown;
  cause?: unknown;
}
