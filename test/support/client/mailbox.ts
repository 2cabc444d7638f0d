import type { System } from '../system';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** The mails that a system without `SMTP_URL` has kept for an e-mail address, newest first. */
export async function readMails({ settings }: System, to: string): Promise<Mail[]> {
  const headers = { accept: 'application/json' };
  const answer = await fetch(`${settings.authUrl}/dev/mailbox`, { headers });
  const { items } = (await answer.json()) as { items: Mail[] };
  return items.filter((mail) => mail.to === to);
}
