interface Mail {
  to: string;
  text: string;
}

/** The code of the newest mail to set a password, from the development mailbox of an auth server. */
export async function resetCodeOf(authUrl: string, email: string): Promise<string> {
  const answer = await fetch(`${authUrl}/dev/mailbox`, { headers: { accept: 'application/json' } });
  const { items } = (await answer.json()) as { items: Mail[] };
  return resetCodeIn(items, email);
}

/** @param mails newest first. */
export function resetCodeIn(mails: readonly Mail[], email: string): string {
  const codes = mails.filter(({ to }) => to === email).map(({ text }) => /Code: (\S+)/.exec(text));
  const [, code] = codes.find((found) => found !== null) ?? [];
  if (code === undefined) throw new Error(`the mailbox contains no code for ${email}`);
  return code;
}
