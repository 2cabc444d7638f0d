import { AsyncLocalStorage } from 'node:async_hooks';
import { setConnectionOwner } from '../../runtime/database/database-scope';

/** The state of the work of one request. */
export interface WorkRecord {
  /** A part of the work is done, or its outcome is unknown. */
  hasBegun: boolean;
}

const records = new AsyncLocalStorage<WorkRecord>();

/** Runs the work of one request. {@link markWorkBegun} writes to its record. */
export function runRecorded<T>(record: WorkRecord, work: () => T): T {
  return records.run(record, work);
}

/** Whether a repeat of the current request gets its answer. */
export function isAnswerKept(): boolean {
  return records.getStore() !== undefined;
}

/**
 * From now on a failure of the request does not prove that nothing was done. What is left of it needs
 * no share of the connections: a 429 would ask for the work once more.
 */
export function markWorkBegun(): void {
  setConnectionOwner(null);
  const record = records.getStore();
  if (record) record.hasBegun = true;
}
