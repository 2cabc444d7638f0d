import { EMBEDDED_DIRECTORY, EMBEDDED_URL_FILE } from '../../runtime/settings/development';
import type { Settings } from '../../runtime/settings/load';

export interface Welcome {
  settings: Settings;
  databaseUrl: string;
  embedded: boolean;
  /** How long the start took. */
  milliseconds: number;
}

/** The URLs for a new user, shown when both processes are ready. */
export function describeWelcome({
  settings,
  databaseUrl,
  embedded,
  milliseconds,
}: Welcome): string {
  const { apiUrl, authUrl, adminEmail, adminPassword, smtpUrl, production, apiDocs } = settings;
  const password =
    adminPassword === null ? 'shown at the first start' : 'ADMIN_PASSWORD of the first start';
  const addresses = {
    API: `${apiUrl}/api/v1`,
    ...(apiDocs && { 'Swagger UI': `${apiUrl}/docs`, OpenAPI: `${apiUrl}/openapi.json` }),
    'Auth server': `${authUrl}/api/auth`,
    ...(smtpUrl === null && !production && { Mails: `${authUrl}/dev/mailbox` }),
    Database: describeDatabase(databaseUrl, embedded),
  };
  const rows = Object.entries(addresses).map(([name, what]) => `  ${name.padEnd(13)}${what}`);
  return `
${rows.join('\n')}

Try next:
  curl ${apiUrl}/health/ready
  curl ${apiUrl}/api/v1/auth/sign-in -H 'content-type: application/json' \\
    -d '{"email":"${adminEmail}","password":"<${password}>"}'
  curl ${apiUrl}/api/v1/admin/users -H 'authorization: Bearer <accessToken of the answer>'

Ready after ${(milliseconds / 1_000).toFixed(1)} s. Ctrl-C stops everything.
`;
}

/** Never with the password, because terminals are copied into bug reports. */
function describeDatabase(databaseUrl: string, embedded: boolean): string {
  if (embedded) return `psql "$(cat ${EMBEDDED_URL_FILE})"  (embedded, in ${EMBEDDED_DIRECTORY})`;
  const url = new URL(databaseUrl);
  url.password = '';
  url.search = '';
  return url.href;
}
