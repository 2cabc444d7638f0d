/**
 * Whether the settings allow OAuth tokens: the issuer must be an http(s) URL without query,
 * fragment and trailing slash (RFC 8414, section 2), the audience a URI without fragment (RFC
 * 8707, section 2).
 */
export function isAuthorizationServer({
  jwtIssuer,
  jwtAudience,
}: {
  jwtIssuer: string;
  jwtAudience: string;
}): boolean {
  const issuer = URL.parse(jwtIssuer);
  const isAddress = issuer !== null && ['http:', 'https:'].includes(issuer.protocol);
  return (
    isAddress &&
    !/[?#]|\/$/.test(jwtIssuer) &&
    URL.canParse(jwtAudience) &&
    !jwtAudience.includes('#')
  );
}
