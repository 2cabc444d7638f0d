/** What a process says that found no connection within its limit. */
const LATE = /Could not reach PostgreSQL: [^\n]*(?:timeout|timed out)/i;

const ATTEMPTS = 5;

/**
 * Starts a process again when a busy host kept it from the database for longer than the limit of
 * production, as a supervisor does. @param start throws with what the process wrote.
 */
export async function startAgain<Process>(start: () => Promise<Process>): Promise<Process> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === ATTEMPTS || !LATE.test(String(error))) throw error;
    }
  }
}
