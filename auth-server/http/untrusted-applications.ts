import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import type { RefusedOrigins } from '../../runtime/network/refused-origins';

/** A public client authenticates with PKCE alone. A confidential client exchanges the code on its server. */
const FIND_PUBLIC_CLIENT = `
  SELECT name FROM oauth_client
   WHERE client_id = $1 AND token_endpoint_auth_method = 'none' AND NOT disabled`;

interface ReportParts {
  pool: Pool;
  refused: RefusedOrigins;
}

/**
 * Warns at the authorization request when the token request of a single-page application will fail,
 * because its origin is not trusted. Without this the reason appears after the consent, as an
 * error of the network in the browser. The request itself is not refused: a client that is no page
 * needs no origin.
 */
export function warnOfUntrustedApplications({ pool, refused }: ReportParts): RequestHandler {
  return (request, response, next) => {
    next();
    const origin = originOfPage(request.headers.referer, request.query.redirect_uri);
    const { client_id: clientId } = request.query;
    if (typeof clientId !== 'string' || !refused.isNew(origin)) return;
    response.once('finish', () => {
      void findPublicClient(pool, clientId).then((name) => {
        if (name === null || !refused.isNew(origin)) return;
        refused.report(origin, () => explain(name, origin));
      });
    });
  };
}

/** The origin of the page that asks, when the code returns to it. */
function originOfPage(referer: string | undefined, redirectUri: unknown): string | undefined {
  const page = URL.parse(referer ?? '')?.origin;
  const target = typeof redirectUri === 'string' ? URL.parse(redirectUri)?.origin : undefined;
  return page === target ? page : undefined;
}

/** @returns its name, or `null` also when the database is unavailable: this is only a warning. */
async function findPublicClient(pool: Pool, clientId: string): Promise<string | null> {
  try {
    const { rows } = await pool.query<{ name: string | null }>(FIND_PUBLIC_CLIENT, [clientId]);
    return rows[0] === undefined ? null : (rows[0].name ?? clientId);
  } catch {
    return null;
  }
}

function explain(name: string, origin: string): string {
  return (
    `the client "${name}" signs users in from pages of ${origin}, which is not in TRUSTED_ORIGINS: ` +
    'the browser will refuse its token request'
  );
}
