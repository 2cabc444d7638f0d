import type { Auth } from '../better-auth/auth';

/** How many characters a password has at least. */
export async function passwordLimits(auth: Auth): Promise<{ shortest: number }> {
  const { password } = await auth.$context;
  return { shortest: password.config.minPasswordLength };
}
