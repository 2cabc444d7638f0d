import type { JWTPayload } from 'jose';
import type { StreamSettings } from './event-stream';

const LIMIT_MS = 2_000;

export interface IntrospectionSettings extends StreamSettings {
  /** Absent: requests are not answered while the stream is not complete. */
  introspectionUrl?: string;
}

/**
 * Asks whether a token is in force (RFC 7662). The client must be one of the resource whose
 * identifier is the audience of the token.
 *
 * @returns the claims in force; `null`: the token is not active.
 * @throws when there is no answer.
 */
export async function introspect(
  { introspectionUrl, clientId, clientSecret }: IntrospectionSettings,
  token: string,
): Promise<JWTPayload | null> {
  if (introspectionUrl === undefined) throw new Error('no introspection');
  const secret = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const response = await fetch(introspectionUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` },
    body: new URLSearchParams({ token }),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (!response.ok) throw new Error(`introspection: ${response.status}`);
  const report = (await response.json()) as JWTPayload & { active: boolean };
  return report.active ? report : null;
}
