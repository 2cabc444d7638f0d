import type { Auth } from '../better-auth/auth';

/** The smallest length of a password in characters. */
export async function passwordLimits(auth: Auth): Promise<{ shortest: number }> {
  const { password } = await auth.$context;
  return { shortest: password.config.minPasswordLength };
}
