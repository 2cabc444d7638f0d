/**
 * Options of a router: each route has one spelling. Express would also serve `/Metrics` and
 * `/metrics/`, which a proxy that closes `/metrics` lets through.
 */
export const EXACT_PATHS = { caseSensitive: true, strict: true } as const;
