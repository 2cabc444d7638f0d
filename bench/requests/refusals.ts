import type { ServerProcess } from '../system/server-process';

export const PROFILE = '/api/v1/users/me';
export const USER_LIST = '/api/v1/admin/users?limit=50';

/**
 * Proves that a server checks what it is measured for.
 *
 * @param token of a user who is no administrator.
 * @throws when any answer differs from what a checked route gives.
 */
export async function assertRefuses(server: ServerProcess, token: string): Promise<void> {
  const expectations: [path: string, token: string | null, status: number][] = [
    [PROFILE, null, 401],
    [PROFILE, forge(token), 401],
    [PROFILE, token, 200],
    [USER_LIST, null, 401],
    [USER_LIST, token, 403],
  ];
  for (const [path, sent, expected] of expectations) {
    const headers: Record<string, string> = sent ? { authorization: `Bearer ${sent}` } : {};
    const response = await fetch(server.url + path, { headers });
    await response.arrayBuffer();
    if (response.status === expected) continue;
    const kind = sent === null ? 'no token' : sent === token ? 'a good token' : 'a forged token';
    throw new Error(`${server.options.name}: ${path} with ${kind} answers ${response.status}`);
  }
}

/** The same token with another character in the middle of its last part. */
function forge(token: string): string {
  const at = token.length - 20;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
