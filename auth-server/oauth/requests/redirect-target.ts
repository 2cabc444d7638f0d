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
