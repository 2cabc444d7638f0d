import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';

/** What a hook of Better-Auth is given. */
export type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/**
 * Who sends the request, for hooks that run before the endpoint: the plugin that makes a
 * cookie of a bearer token has no effect on them, so the token is looked at here. It is a
 * hint, no check: that is left to the endpoint.
 */
export async function callerOf(ctx: HookContext) {
  const session = await getSessionFromCtx(ctx);
  if (session) return session.user;
  const header = ctx.headers?.get('authorization') ?? '';
  const [, token] = /^bearer\s+([^.\s]+)/i.exec(header) ?? [];
  return token ? ((await ctx.context.internalAdapter.findSession(token))?.user ?? null) : null;
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
