import { setTimeout as pause } from 'node:timers/promises';
import { visit } from './stage';

/** A machine that does other things too may need so long for what takes milliseconds. */
const PATIENCE_MS = 10_000;

/** What readiness says about access. */
export async function accessOf(url: string): Promise<Record<string, unknown>> {
  const { body } = await visit(`${url}/health/ready`);
  return (body as { checks: { access: Record<string, unknown> } }).checks.access;
}

export async function modeOf(url: string): Promise<string> {
  return String((await accessOf(url)).mode);
}

/** Waits until it is so. @returns after how many milliseconds. */
export async function eventually<T>(look: () => Promise<T> | T, expected: T): Promise<number> {
  const began = performance.now();
  for (;;) {
    const seen = await look();
    const waited = performance.now() - began;
    if (seen === expected) return waited;
    if (waited > PATIENCE_MS) throw new Error(`${String(seen)} instead of ${String(expected)}`);
    await pause(5);
  }
}
