import { send, type RawAnswer } from '../raw-http';
import { unescapeHtml } from '../../pages/visitor';

/** Sends the form of the page to which the link of a mail leads, as a browser without cookies. */
export async function confirmLink(
  link: string,
  headers: Record<string, string> = {},
): Promise<ConfirmedLink> {
  const { origin, searchParams } = new URL(link);
  const [token = '', callbackURL = ''] = ['token', 'callbackURL'].map(
    (name) => searchParams.get(name) ?? '',
  );
  const answer = await send(origin, {
    method: 'POST',
    path: '/verify-email',
    body: new URLSearchParams({ token, callbackURL }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin, ...headers },
  });
  return { ...answer, location: targetOf(answer) };
}

export interface ConfirmedLink extends RawAnswer {
  /** The target of the redirect, or of the page that leads to another site. */
  location: string | null;
}

function targetOf({ headers, text }: RawAnswer): string | null {
  const refresh = /http-equiv="refresh" content="0;url=([^"]*)"/.exec(text)?.[1];
  return headers['location']?.[0] ?? (refresh === undefined ? null : unescapeHtml(refresh));
}
