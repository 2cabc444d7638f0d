/** A limit as the headers show it. */
export interface Policy {
  name: string;
  quota: number;
  /** The window in seconds. */
  window: number;
}

/** Value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
export function describePolicy({ name, quota, window }: Policy): string {
  return `"${name}";q=${quota};w=${window}`;
}

/** Value of `RateLimit`: what remains, and the seconds until it changes. */
export function describeRest(
  { name }: Pick<Policy, 'name'>,
  { remaining, reset }: { remaining: number; reset: number },
): string {
  return `"${name}";r=${remaining};t=${reset}`;
}
