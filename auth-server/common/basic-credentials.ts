/** The client id of HTTP Basic, form-encoded before the first colon (RFC 6749, section 2.3.1). */
export function basicClientId(authorization = ''): string | null {
  const [, encoded] = /^Basic ([\w+/=-]+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const [id = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1);
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
