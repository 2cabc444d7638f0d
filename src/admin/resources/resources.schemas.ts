import { z } from 'zod';
import { isCodeScope, isRegisteredScopeName, LONGEST } from '../../../contract';
import { LARGEST_PAGE, nextCursor, pageFields } from '../../common/pagination/pages';
import { id, idParameter, personalText, timestamp } from '../../common/validation/schemas';

/** A client that is offline for a day has a new token at its next request. */
const LONGEST_LIFETIME_S = 24 * 60 * 60;
const SHORTEST_LIFETIME_S = 30;

const MOST_SCOPES = 100;
const MOST_CLIENTS = 20;

/** RFC 8707, section 2: an absolute URI without fragment. Each has one spelling. */
function isIdentifier(text: string): boolean {
  const isPlain = /^[\x21-\x7e]+$/.test(text) && !/["#<>\\^`{|}]/.test(text);
  return isPlain && !/^(javascript|data|vbscript):/i.test(text) && URL.canParse(text);
}

const identifier = z
  .string()
  .max(500)
  .refine(isIdentifier, 'Must be an absolute URI without fragment')
  .describe('An absolute URI (RFC 8707): `resource` in requests, and the audience of the tokens')
  .meta({ examples: ['https://orders.example.com'] });

const name = personalText(LONGEST.name)
  .describe('Shown to users who are asked for consent')
  .meta({ examples: ['Orders'] });

const scopeName = z
  .string()
  .max(100)
  .refine(isRegisteredScopeName, 'Must be letters, digits and : . _ / -, and begin with one')
  .refine((text) => !isCodeScope(text), 'Belongs to this API')
  .describe('Belongs to this resource only')
  .meta({ examples: ['orders:read'] });

const scope = z.strictObject({
  name: scopeName,
  description: personalText(300)
    .describe('Completes "the client would be able to", for users who are asked for consent')
    .meta({ examples: ['see your orders'] }),
});

const scopes = z
  .array(scope)
  .min(1)
  .max(MOST_SCOPES)
  .refine(areDistinct, 'Must not name a scope twice')
  .describe('A client gets a token for the resource when it is granted one of them');

function areDistinct(list: readonly { name: string }[]): boolean {
  return new Set(list.map((one) => one.name)).size === list.length;
}

const tokenLifetime = z
  .int()
  .min(SHORTEST_LIFETIME_S, `Must be at least ${SHORTEST_LIFETIME_S}`)
  .max(LONGEST_LIFETIME_S, `Must be at most ${LONGEST_LIFETIME_S}`)
  .nullable()
  .describe('Of an access token, in seconds. `JWT_TTL` is the default (`null`) and the maximum')
  .meta({ examples: [300] });

const clients = z
  .array(idParameter)
  .max(MOST_CLIENTS)
  .transform((list) => [...new Set(list)])
  .describe(
    'Client ids of the resource server: each may ask about every token for the resource (RFC 7662)',
  )
  .meta({
    wire: { type: 'array', items: { type: 'string' }, maxItems: MOST_CLIENTS },
    examples: [['Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo']],
  });

export const resourceSchema = z
  .object({
    id,
    identifier: z.string().meta({ examples: ['https://orders.example.com'] }),
    name: z.string().meta({ examples: ['Orders'] }),
    scopes: z
      .array(
        z.object({
          name: z.string().meta({ examples: ['orders:read'] }),
          description: z.string().meta({ examples: ['see your orders'] }),
        }),
      )
      .meta({ 'x-bound': '100 for each resource server' }),
    tokenLifetime: z
      .int()
      .nullable()
      .describe('In seconds; `null`: `JWT_TTL`. No token lives longer than `JWT_TTL`'),
    clients: z.array(z.string()).meta({ examples: [['Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo']] }),
    builtIn: z.boolean().describe('Whether it is this API, whose scopes the code declares'),
    createdAt: timestamp,
  })
  .meta({ id: 'Resource' });

export const resourcePageSchema = z
  .object({ items: z.array(resourceSchema).meta({ maxItems: LARGEST_PAGE }), nextCursor })
  .meta({ id: 'ResourcePage' });

export const listResourcesSchema = z.strictObject(pageFields);

export const createResourceSchema = z
  .strictObject({
    identifier,
    name,
    scopes,
    tokenLifetime: tokenLifetime.optional(),
    clients: clients.optional(),
  })
  .meta({ id: 'CreateResource' });

export const updateResourceSchema = z
  .strictObject({
    name: name.optional(),
    scopes: scopes
      .optional()
      .describe('All scopes: a scope that is missing is removed from clients and tokens'),
    tokenLifetime: tokenLifetime.optional(),
    clients: clients.optional().describe('All client ids'),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: 'Name at least one field to change',
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'UpdateResource' });

export type Resource = z.infer<typeof resourceSchema>;
export type ResourcePage = z.infer<typeof resourcePageSchema>;
export type ListResources = z.infer<typeof listResourcesSchema>;
export type CreateResource = z.infer<typeof createResourceSchema>;
export type UpdateResource = z.infer<typeof updateResourceSchema>;
