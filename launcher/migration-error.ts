/** The schema could not be changed; the message is for a terminal. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
