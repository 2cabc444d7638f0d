/** The path of a mailed link contains its code. */
const CODE_IN_PATH = /(\/reset-password(?:\/|%2f))[^/]+/i;

/** A path without credentials, for logs and traces. */
export function withoutCredentials(path: string): string {
  return path.replace(CODE_IN_PATH, '$1***');
}
