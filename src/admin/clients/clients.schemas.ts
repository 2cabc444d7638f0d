import { z } from 'zod';
import {
  isCodeScope,
  isServiceAccountScope,
  LONGEST,
  LOOPBACK_HOSTS,
  MOST_OF_CLIENT,
  SERVICE_ACCOUNT_SCOPES,
  USER_SCOPES,
} from '../../../contract';
import { clientKeysSchema, shownKeysSchema } from './client-keys.schemas';
import { LARGEST_PAGE, nextCursor, pageFields } from '../../common/pagination/pages';
import { exactText, id, personalText, timestamp } from '../../common/validation/schemas';

export const CLIENT_TYPES = ['public', 'confidential', 'machine'] as const;

export type ClientType = (typeof CLIENT_TYPES)[number];

const clientType = z
  .enum(CLIENT_TYPES)
  .describe(
    '`public`: runs where a secret cannot be kept, in a browser or an app. `confidential`: runs ' +
      'on a server and has a secret or keys. `machine`: acts for itself, by its secret or keys alone',
  );

/**
 * Redirect URLs are compared as strings, so each has one spelling: no wildcard, fragment,
 * credentials or dot segments. Plain http is for native applications that listen on a loopback
 * address, on any port (RFC 8252, section 7.3). With https a port is exact also there, as for a
 * server in development.
 */
function isRedirectUri(text: string): boolean {
  const url = URL.parse(text);
  if (!url || /[*#@\\]/.test(text)) return false;
  if (url.href !== text && url.href !== `${text}/`) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname);
}

const redirectUris = z
  .array(
    z
      .string()
      .max(LONGEST.url)
      .refine(
        isRedirectUri,
        'Must be an https URL, or http on localhost, 127.0.0.1 or [::1], as a browser writes ' +
          'it, without wildcard, fragment or credentials',
      )
      .meta({ examples: ['https://app.example.com/callback'] }),
  )
  .max(MOST_OF_CLIENT.redirectUris)
  .describe('Where a browser may be sent with a code, or after signing out');

/** {@link ClientsService} refuses the scopes that no resource has. */
const scopes = z
  .array(exactText(LONGEST.scope).min(1))
  .max(MOST_OF_CLIENT.scopes)
  .refine((list) => list.length > 0, 'Name at least one')
  .transform((list) => [...new Set(list)])
  .describe('What the client may be granted: scopes of this API, and of registered resources')
  .meta({
    wire: {
      type: 'array',
      examples: [[...USER_SCOPES]],
      items: { type: 'string', maxLength: LONGEST.scope },
      maxItems: MOST_OF_CLIENT.scopes,
    },
  });

const firstParty = z
  .boolean()
  .optional()
  .describe(
    'For a front end of your own: users are not asked for consent, and the client may do what the ' +
      'role of the user allows, without scopes',
  );

const name = personalText(LONGEST.name)
  .describe('Shown to users who are asked for consent')
  .meta({ examples: ['Back office'] });

export const clientSchema = z
  .object({
    clientId: id,
    name: z.string().meta({ examples: ['Back office'] }),
    type: clientType,
    redirectUris: z.array(z.string()).meta({ examples: [['https://app.example.com/callback']] }),
    grantTypes: z.array(z.string()).meta({ examples: [['authorization_code', 'refresh_token']] }),
    scopes: z.array(z.string()).meta({ examples: [[...USER_SCOPES]] }),
    firstParty: z
      .boolean()
      .describe('Whether users are not asked for consent, and the role of the user decides alone'),
    disabled: z.boolean(),
    jwks: shownKeysSchema.optional(),
    createdAt: timestamp,
  })
  .meta({ id: 'Client' });

const clientSecret = z.string().meta({ examples: ['gFt3vYp0dH3sWm7uXeT5bRaNfLg2JoZk1cQ8'] });

export const newClientSchema = clientSchema
  .extend({
    clientSecret: clientSecret
      .optional()
      .describe('Only this answer contains it; public clients and clients with keys have none'),
  })
  .meta({ id: 'NewClient' });

export const clientSecretSchema = z
  .object({ clientId: id, clientSecret: clientSecret.describe('Only this answer contains it') })
  .meta({ id: 'ClientSecret' });

export const clientPageSchema = z
  .object({
    items: z.array(clientSchema).meta({ maxItems: LARGEST_PAGE }),
    nextCursor,
  })
  .meta({ id: 'ClientPage' });

export const listClientsSchema = z.strictObject(pageFields);

export const createClientSchema = z
  .strictObject({
    name,
    // A public client has no keys.
    type: clientType.meta({ examples: ['confidential'] }),
    redirectUris: redirectUris.optional().describe('Required, except for a service account'),
    scopes: scopes
      .optional()
      .describe(
        `Required for a service account, from ${SERVICE_ACCOUNT_SCOPES.join(', ')} and the scopes of registered resources; other clients get ${USER_SCOPES.join(', ')} by default`,
      ),
    firstParty,
    jwks: clientKeysSchema.optional(),
  })
  .superRefine((client, context) => {
    for (const { pointer, detail } of clientFaults(client)) {
      context.addIssue({ code: 'custom', path: [pointer], message: detail });
    }
  })
  .meta({ id: 'CreateClient' });

export const updateClientSchema = z
  .strictObject({
    name: name.optional(),
    redirectUris: redirectUris.optional(),
    scopes: scopes.optional(),
    firstParty,
    disabled: z
      .boolean()
      .optional()
      .describe(
        'A disabled client gets no tokens, and its issued access tokens are refused at once',
      ),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: 'Name at least one field to change',
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'UpdateClient' });

const SERVICE_ACCOUNTS_HAVE = `${SERVICE_ACCOUNT_SCOPES.join(', ')} or a registered resource`;

/** Whether a scope that the code declares is only for clients that act for a user. */
function isForUsers(scope: string): boolean {
  return isCodeScope(scope) && !isServiceAccountScope(scope);
}

export interface ClientFault {
  pointer: 'redirectUris' | 'scopes' | 'firstParty' | 'jwks';
  detail: string;
}

/** Fields that do not fit the type of the client. */
export function clientFaults(client: {
  type: ClientType;
  redirectUris?: readonly string[];
  scopes?: readonly string[];
  firstParty?: boolean;
  jwks?: unknown;
}): ClientFault[] {
  const { type, redirectUris: uris = [], scopes: wanted = [] } = client;
  if (type !== 'machine') {
    return [
      ...(uris.length > 0
        ? []
        : [{ pointer: 'redirectUris', detail: 'Name at least one' } as const]),
      ...(type === 'public' && client.jwks !== undefined
        ? [{ pointer: 'jwks', detail: 'A public client has no keys' } as const]
        : []),
    ];
  }
  return [
    ...(uris.length > 0
      ? [{ pointer: 'redirectUris', detail: 'A service account has no redirect URIs' } as const]
      : []),
    ...(client.firstParty
      ? [{ pointer: 'firstParty', detail: 'A service account has no user' } as const]
      : []),
    ...(wanted.length === 0 || wanted.some((scope) => isForUsers(scope))
      ? [{ pointer: 'scopes', detail: `Must be of ${SERVICE_ACCOUNTS_HAVE}` } as const]
      : []),
  ];
}

export type Client = z.infer<typeof clientSchema>;
export type NewClient = z.infer<typeof newClientSchema>;
export type ClientSecret = z.infer<typeof clientSecretSchema>;
export type ClientPage = z.infer<typeof clientPageSchema>;
export type ListClients = z.infer<typeof listClientsSchema>;
export type CreateClient = z.infer<typeof createClientSchema>;
export type UpdateClient = z.infer<typeof updateClientSchema>;
