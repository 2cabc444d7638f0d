const PAUSE_MS = 20;

/** Repeats an expectation until it holds. After the timeout, throws its last failure. */
export async function eventually(
  expectation: () => Promise<unknown> | void,
  limitMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
