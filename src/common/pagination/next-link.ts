/** The value of a `Link` header to the next page (RFC 8288). */
export function toNextLink(url: string, cursor: string): string {
  const next = new URL(url);
  next.searchParams.set('cursor', cursor);
  return `<${next.href}>; rel="next"`;
}
