import { z } from 'zod';
import { id, timestamp } from '../../common/validation/schemas';

const scopes = z.array(z.string()).meta({ examples: [['openid', 'profile']] });

export const grantSchema = z
  .object({
    clientId: id,
    name: z.string().meta({ examples: ['Back office'] }),
    scopes,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Grant', description: 'What the user has allowed an OAuth client' });

export const clientTokenSchema = z
  .object({
    clientId: id,
    sessionId: id.nullable().describe('The session in which it was granted, while that exists'),
    scopes,
    createdAt: timestamp,
    expiresAt: timestamp,
    revokedAt: timestamp.nullable(),
  })
  .meta({
    id: 'ClientToken',
    description: 'A refresh token of an OAuth client, without the token itself',
  });

export type Grant = z.infer<typeof grantSchema>;
export type ClientToken = z.infer<typeof clientTokenSchema>;
