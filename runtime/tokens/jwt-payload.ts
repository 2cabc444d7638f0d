/**
 * The claims of a JSON Web Token (RFC 7519), without verification: for tokens that this
 * process has just issued or verified, and for what a token says before it is verified.
 *
 * @throws {SyntaxError} when the text is not a token.
 */
export function decodeJwtPayload(token: string): Record<string, unknown> {
  const payload = token.split('.')[1] ?? '';
  const text = Buffer.from(payload, 'base64url').toString('utf8');
  return JSON.parse(text) as Record<string, unknown>;
}
