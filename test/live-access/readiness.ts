import { setTimeout as pause } from 'node:timers/promises';
import { visit } from './access-fixture';

/** Time limit for steps that take milliseconds on an idle host. */
const PATIENCE_MS = 30_000;

/** The access part of readiness. */
export async function accessOf(url: string): Promise<Record<string, unknown>> {
  const { body } = await visit(`${url}/health/ready`);
  return (body as { checks: { access: Record<string, unknown> } }).checks.access;
}

export async function modeOf(url: string): Promise<string> {
  return String((await accessOf(url)).mode);
}

/** Waits until it is true. @returns the elapsed milliseconds. */
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
