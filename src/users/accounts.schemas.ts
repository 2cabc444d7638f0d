import { z } from 'zod';
import { auditEventSchema } from '../audit/audit-event.schemas';
import { clientTokenSchema, grantSchema } from './grant.schemas';
import { passkeySchema, secondFactorSchema } from './second-factor.schemas';
import { sessionSchema } from '../auth/auth.schemas';
import { userSchema } from '../auth/user.schemas';
import { id, timestamp } from '../common/validation/schemas';

export const accountSchema = z
  .object({
    id,
    providerId: z
      .string()
      .describe('`credential` is a password here; anything else another provider')
      .meta({ examples: ['credential'] }),
    accountId: id.describe('Who the user is at the provider'),
    createdAt: timestamp,
  })
  .meta({ id: 'Account', description: 'One way in which a user signs in, without its secrets' });

export const sessionListSchema = z
  .object({ items: z.array(sessionSchema) })
  .meta({ id: 'SessionList' });

export const accountListSchema = z
  .object({ items: z.array(accountSchema) })
  .meta({ id: 'AccountList' });

export const userExportSchema = z
  .object({
    exportedAt: timestamp,
    user: userSchema,
    accounts: z.array(accountSchema),
    secondFactor: secondFactorSchema,
    passkeys: z.array(passkeySchema),
    sessions: z.array(sessionSchema),
    grants: z.array(grantSchema),
    clientTokens: z.array(clientTokenSchema),
    auditEvents: z
      .array(auditEventSchema)
      .describe('What you did and what was done to you, newest first; the newest 10,000'),
  })
  .meta({ id: 'UserExport', description: 'Everything that is held about a user, but for secrets' });

export type Account = z.infer<typeof accountSchema>;
export type SessionList = z.infer<typeof sessionListSchema>;
export type AccountList = z.infer<typeof accountListSchema>;
export type UserExport = z.infer<typeof userExportSchema>;
