import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { bearer } from 'better-auth/plugins';

/** What a hook of Better-Auth is given. */
export type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** The plugin's own reading of `Authorization`: a good token becomes the cookie of the session. */
const [readBearer] = bearer().hooks.before;

/**
 * Who sends the request, for hooks that run before the endpoint: what the bearer plugin makes
 * of the request has no effect on them, so it is asked here once more. Its own code is used,
 * and the token goes before a cookie as it does there: reading the header in another way
 * would take somebody else for the caller, or nobody.
 */
export async function callerOf(ctx: HookContext) {
  const change = await readBearer?.handler({ ...ctx, returnHeaders: false });
  const headers = change?.context.headers ?? ctx.headers;
  return (await getSessionFromCtx({ ...ctx, headers }))?.user ?? null;
}

/** Whose password is to be set with the code of a mail; `null`: with none that is good. */
export async function ownerOfResetToken({ body, query, context }: HookContext) {
  const token = fieldOf(body, 'token') || fieldOf(query, 'token');
  const { internalAdapter } = context;
  const verification = await internalAdapter.findVerificationValue(`reset-password:${token}`);
  return verification ? internalAdapter.findUserById(verification.value) : null;
}

/** What a body that nobody has checked yet holds; empty where it holds no text. */
export function fieldOf(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}
