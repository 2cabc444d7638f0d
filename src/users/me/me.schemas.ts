import { z } from 'zod';
import { auditEventSchema } from '../../audit/audit-event.schemas';
import { clientTokenSchema, grantSchema } from './grants.schemas';
import { passkeySchema, secondFactorSchema } from './second-factor.schemas';
import { sessionSchema } from '../session.schemas';
import { userSchema } from '../user.schemas';
import { LONGEST, MOST_STORED } from '../../../contract';
import { id, personalText, timestamp, webAddress } from '../../common/validation/schemas';

export const accountSchema = z
  .object({
    id,
    providerId: z
      .string()
      .describe('`credential` is a password here; anything else another provider')
      .meta({ examples: ['credential'] }),
    accountId: id.describe('Id of the user at the provider'),
    createdAt: timestamp,
  })
  .meta({ id: 'Account', description: 'One way in which a user signs in, without its secrets' });

export const accountListSchema = z
  .object({ items: z.array(accountSchema).meta({ maxItems: MOST_STORED.accounts }) })
  .meta({ id: 'AccountList' });

export const userExportSchema = z
  .object({
    exportedAt: timestamp,
    user: userSchema,
    accounts: z.array(accountSchema).meta({ maxItems: MOST_STORED.accounts }),
    secondFactor: secondFactorSchema,
    passkeys: z.array(passkeySchema).meta({ maxItems: MOST_STORED.passkeys }),
    sessions: z
      .array(sessionSchema)
      .describe('Also those that have expired, which are stored for about a day')
      .meta({ maxItems: MOST_STORED.sessions }),
    grants: z.array(grantSchema).meta({ 'x-bound': 'one for each OAuth client' }),
    clientTokens: z
      .array(clientTokenSchema)
      .meta({ 'x-bound': '10,000 for each session and OAuth client' }),
    features: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Your data in the installed features, by the name of the feature'),
    auditEvents: z
      .array(auditEventSchema)
      .describe('What you did and what was done to you, newest first')
      .meta({ 'x-bound': 'streamed in pages, as fast as the client reads' }),
  })
  .meta({
    id: 'UserExport',
    description:
      'The stored data of a user, without secrets. Not contained, because they exist for hours or a ' +
      'few days: links that were sent, sign-ins before their second step, queued mails, counters of ' +
      'limits, stored responses of idempotent requests, and the outbox of access events.',
  });

export const updateProfileSchema = z
  .strictObject({
    name: personalText(LONGEST.name)
      .optional()
      .meta({ examples: ['Ada King'] }),
    image: webAddress.nullable().optional().describe('null removes the picture'),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: 'Name at least one field to change',
    // A body with only unknown fields has an error already.
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'UpdateProfile' });

export type UpdateProfile = z.infer<typeof updateProfileSchema>;
export type Account = z.infer<typeof accountSchema>;
export type AccountList = z.infer<typeof accountListSchema>;
export type UserExport = z.infer<typeof userExportSchema>;
