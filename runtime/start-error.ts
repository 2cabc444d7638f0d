/** Why a process does not start, for the person who starts it: without a stack, which says nothing to them. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.stack = message;
  }
}
