/** What Better-Auth puts where nobody asked for a page of their own. */
const NOWHERE = ['', '/'];

/**
 * The link of a mail leads to a page of whoever asked for it, or else to one of ours: the
 * link alone would show a person nothing.
 */
export function leadToPage(url: string, page: string): string {
  const link = new URL(url);
  if (NOWHERE.includes(link.searchParams.get('callbackURL') ?? '')) {
    link.searchParams.set('callbackURL', page);
  }
  return link.href;
}
