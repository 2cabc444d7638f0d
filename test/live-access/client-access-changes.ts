import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type AccessChange, api, auth, ended, sql } from './access-changes';
import { type AccessFixture, type Person, visit } from './access-fixture';

/** The scopes of a service account. */
const SERVICE_ACCOUNT_SCOPE = 'users:read';

/** The client that acts for each user. */
const clientIds = new WeakMap<Person, string>();

/** Changes that end a client's access, of its own or for a user. */
export const CLIENT_ACCESS_CHANGES: AccessChange[] = [
  ofUserClient('disabling a client through the API', (fixture, path) =>
    api(fixture, 'PATCH', path, fixture.admin.accessToken, { disabled: true }),
  ),
  ofUserClient('deleting a client through the API', (fixture, path) =>
    api(fixture, 'DELETE', path, fixture.admin.accessToken),
  ),
  {
    ...ended('signing out, as a client sees it', (fixture, { sessionToken }) =>
      auth(fixture, '/sign-out', { bearer: sessionToken }),
    ),
    prepare: actByClient,
  },
  {
    ...ended(
      'a ban by a statement, as a client sees it',
      sql('UPDATE "user" SET banned = true WHERE id = $1'),
    ),
    prepare: actByClient,
  },
  { ...ended('giving an access token back', giveBack), prepare: actByClient },
  {
    ...ended(
      'the end of a grant by a statement',
      sql(`DELETE FROM oauth_grant g USING session s WHERE s.id = g.session_id AND s.user_id = $1`),
    ),
    prepare: actByClient,
  },
  ofServiceAccount('disabling a service account through the API', (fixture, path) =>
    api(fixture, 'PATCH', path, fixture.admin.accessToken, { disabled: true }),
  ),
  ofServiceAccount('taking a scope from a service account through the API', (fixture, path) =>
    api(fixture, 'PATCH', path, fixture.admin.accessToken, { scopes: ['audit:read'] }),
  ),
  serviceAccountBy(
    'disabling a service account by a statement',
    'UPDATE oauth_client SET disabled = true WHERE client_id = $1',
  ),
  serviceAccountBy(
    'taking all scopes from a service account by a statement',
    'UPDATE oauth_client SET client_credentials_scopes = NULL WHERE client_id = $1',
  ),
  serviceAccountBy(
    'deleting a service account by a statement',
    'DELETE FROM oauth_client WHERE client_id = $1',
  ),
];

/** At the end, because no user remains. */
export const CLIENT_CHANGE_FOR_ALL: AccessChange = ofServiceAccount(
  'TRUNCATE of all clients',
  async (fixture) => {
    await fixture.sql.query('TRUNCATE oauth_client CASCADE');
  },
);

type ApplyToClient = (fixture: AccessFixture, path: string) => Promise<void>;

function ofUserClient(name: string, apply: ApplyToClient): AccessChange {
  return { ...ended(name, byPath(apply)), prepare: actByClient };
}

function ofServiceAccount(name: string, apply: ApplyToClient): AccessChange {
  return {
    name,
    question: 'administers',
    before: true,
    prepare: actByServiceAccount,
    apply: byPath(apply),
  };
}

function serviceAccountBy(name: string, statement: string): AccessChange {
  return ofServiceAccount(name, async ({ sql: client }, path) => {
    await client.query(statement, [path.split('/').at(-1)]);
  });
}

function byPath(apply: ApplyToClient): AccessChange['apply'] {
  return (fixture, person) => apply(fixture, `/admin/clients/${clientIds.get(person)}`);
}

/** A client like that of the documentation, without consent. */
async function makeClient({ sql: client }: AccessFixture, given: object) {
  const id = `client-${randomUUID()}`;
  const { rows } = await client.query<{ clientId: string; redirectUri: string }>(
    `INSERT INTO oauth_client
     SELECT (jsonb_populate_record(docs, $2::jsonb || jsonb_build_object('id', $1::text, 'client_id', $1::text))).*
       FROM oauth_client docs WHERE client_id = 'gatehouse-docs'
     RETURNING client_id AS "clientId", redirect_uris->>0 AS "redirectUri"`,
    [id, JSON.stringify(given)],
  );
  return rows[0]!;
}

async function actByClient(fixture: AccessFixture, person: Person): Promise<void> {
  const { clientId, redirectUri } = await makeClient(fixture, {});
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(`${fixture.authUrl}/api/auth/oauth2/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state: 'state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const answer = await visit(url.href, { bearer: person.sessionToken, origin: fixture.authUrl });
  const code = URL.parse(String(answer.body.url))?.searchParams.get('code');
  if (!code) throw new Error(`no code: ${JSON.stringify(answer)}`);
  clientIds.set(person, clientId);
  person.accessToken = await tokenOf(fixture, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    client_id: clientId,
  });
}

/** Like its client (RFC 7009). */
async function giveBack(fixture: AccessFixture, person: Person): Promise<void> {
  const form = { token: person.accessToken, client_id: clientIds.get(person)! };
  const body = new URLSearchParams(form);
  const answer = await fetch(`${fixture.authUrl}/api/auth/oauth2/revoke`, { method: 'POST', body });
  if (answer.status !== 200) throw new Error(`revocation: ${answer.status}`);
}

async function actByServiceAccount(fixture: AccessFixture, person: Person): Promise<void> {
  const secret = randomUUID();
  const { clientId } = await makeClient(fixture, {
    client_secret: createHash('sha256').update(secret).digest('base64url'),
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    client_credentials_scopes: [SERVICE_ACCOUNT_SCOPE],
  });
  clientIds.set(person, clientId);
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64');
  const form = { grant_type: 'client_credentials', scope: SERVICE_ACCOUNT_SCOPE };
  person.accessToken = await tokenOf(fixture, form, { authorization: `Basic ${basic}` });
}

async function tokenOf(
  { authUrl }: AccessFixture,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await fetch(`${authUrl}/api/auth/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
  });
  const body = (await answer.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}
