import { isAPIError } from 'better-auth/api';
import type { HookContext } from '../../common/hook-types';

/** Where an answer leads: by a redirection, or by its URL in JSON for a script. */
export function targetOf(returned: unknown): URL | null {
  if (isAPIError(returned)) {
    return URL.parse(new Headers(returned.headers as Record<string, string>).get('location') ?? '');
  }
  const { url } = (returned ?? {}) as { url?: unknown };
  return typeof url === 'string' ? URL.parse(url) : null;
}

/** The same kind of answer with another target. */
export function leadTo(ctx: HookContext, { href: url }: URL) {
  // Thrown, because the headers of the redirection replace those of a returned answer.
  if (isAPIError(ctx.context.returned)) throw ctx.redirect(url);
  return { redirect: true, url };
}

/**
 * The parameters of an authorization response. The answer to a response type of the implicit flow is
 * in the fragment (OAuth 2.0 Multiple Response Type Encoding Practices, section 5).
 */
export function parametersOf({ hash, searchParams }: URL): URLSearchParams {
  return hash === '' ? searchParams : new URLSearchParams(hash.slice(1));
}
