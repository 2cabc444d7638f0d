import { Check } from 'typeorm';

/** The constraint that keeps the times of a table within the years 1 to 9999. */
export function ReadableTimes(table: string, columns: string[]): ClassDecorator {
  const rules = columns.map(
    (column) => `"${column}" >= '0001-01-01 00:00:00Z' AND "${column}" < '10000-01-01 00:00:00Z'`,
  );
  return Check(`${table}_times_check`, rules.join(' AND '));
}
