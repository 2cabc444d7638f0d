import type { ClockDifference } from '../../metrics/clock-difference';
import { type FaultReport, FaultState } from '../../fault-state';
import { findWeakTriggers, type RunStatement } from './trigger-check';

/** Probes within this time, in milliseconds, share one write that succeeded. */
const SHARED_FOR_MS = 500;

/** Privileges of a process without which its requests fail, by table. */
const NEEDED = {
  auth: [
    ['user', 'INSERT'],
    ['session', 'INSERT'],
    ['account', 'INSERT'],
    ['verification', 'INSERT'],
    ['audit_event', 'INSERT'],
  ],
  api: [
    ['user', 'UPDATE'],
    ['session', 'DELETE'],
    ['audit_event', 'INSERT'],
    ['idempotency_key', 'INSERT'],
  ],
} as const;

/** A process may write some columns of a table only. A deletion has no columns. */
const FIND_MISSING = `
  SELECT "table" || ' (' || privilege || ')' AS missing
    FROM unnest($1::text[], $2::text[]) AS needed("table", privilege)
   WHERE NOT CASE privilege WHEN 'DELETE' THEN has_table_privilege(quote_ident("table"), privilege)
                            ELSE has_any_column_privilege(quote_ident("table"), privilege) END`;

const WRITE = `
  INSERT INTO readiness_probe (process, written_at) VALUES ($1, now())
  ON CONFLICT (process) DO UPDATE SET written_at = excluded.written_at
  RETURNING clock_timestamp() AS "told"`;

export interface WriteProbeOptions {
  process: keyof typeof NEEDED;
  run: RunStatement;
  /** Called when the database begins to refuse writes, and when it accepts them again. */
  report: FaultReport;
  clock: ClockDifference;
}

/**
 * Whether the database accepts the writes of a process: a server that is read-only, that has no
 * space left, or on which privileges are missing still answers queries. Any number of probes
 * costs two writes a second. A failure is shared only by the probes that wait for it.
 */
export class WriteProbe {
  private last: { startedAt: number; outcome: Promise<void> } | null = null;
  private readonly fault: FaultState;

  constructor(private readonly options: WriteProbeOptions) {
    this.fault = new FaultState(options.report);
  }

  /** @throws with the reason when the database refuses writes, or does not answer. */
  check(): Promise<void> {
    const now = performance.now();
    if (!this.last || now - this.last.startedAt > SHARED_FOR_MS) {
      const outcome = this.write();
      this.last = { startedAt: now, outcome };
      outcome.catch(() => {
        if (this.last?.outcome === outcome) this.last = null;
      });
    }
    return this.last.outcome;
  }

  private async write(): Promise<void> {
    try {
      await this.writeRow();
      await this.checkPrivileges();
      await this.checkTriggers();
      this.fault.end();
    } catch (error) {
      this.fault.begin(error);
      throw error;
    }
  }

  private async writeRow(): Promise<void> {
    const asked = Date.now();
    const [row] = (await this.options.run(WRITE, [this.options.process])) as { told: Date }[];
    this.options.clock.compare({ asked, told: row!.told.getTime(), answered: Date.now() });
  }

  private async checkPrivileges(): Promise<void> {
    const needed = NEEDED[this.options.process];
    const tables = needed.map(([table]) => table);
    const privileges = needed.map(([, privilege]) => privilege);
    const rows = (await this.options.run(FIND_MISSING, [tables, privileges])) as Missing[];
    if (rows.length === 0) return;
    throw new Error(`missing privileges: ${rows.map(({ missing }) => missing).join(', ')}`);
  }

  /** A restore while the process runs can leave triggers behind that do not fire always. */
  private async checkTriggers(): Promise<void> {
    const triggers = await findWeakTriggers(this.options.run);
    if (triggers.length === 0) return;
    throw new Error(`triggers that are not enabled as ALWAYS: ${triggers.join(', ')}`);
  }
}

interface Missing {
  missing: string;
}
