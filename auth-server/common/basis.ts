import { requestContext } from './request-context';

/** A challenge or a mailed link was issued earlier: its state of the database counts. */
export function decideOn({ basis }: { basis?: string | null }): void {
  const context = requestContext.getStore();
  if (context && basis) context.basis = basis;
}

/**
 * What the request has been decided on (`sessions/decision-basis.ts`). Outside a request, at the
 * start, a write is decided in its own statement.
 */
export function basisOfRequest(): string | null {
  const context = requestContext.getStore();
  if (!context) return null;
  if (context.basis === undefined) throw new Error('The request writes without a basis.');
  return context.basis;
}
