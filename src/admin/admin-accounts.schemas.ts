import { z } from 'zod';
import { newPasswordSchema } from '../auth-proxy/auth.schemas';
import { roleSchema } from '../users/user.schemas';
import { email, personalText, webAddress } from '../common/validation/schemas';

export const createUserSchema = z
  .strictObject({
    email,
    password: newPasswordSchema
      .optional()
      .describe('Without it the user has no way to sign in yet'),
    name: personalText(200).meta({ examples: ['Ada Lovelace'] }),
    role: roleSchema.optional(),
  })
  .meta({ id: 'CreateUser' });

export const updateUserSchema = z
  .strictObject({
    email: email.optional(),
    emailVerified: z
      .boolean()
      .optional()
      .meta({ examples: [true] }),
    name: personalText(200)
      .optional()
      .meta({ examples: ['Ada King'] }),
    image: webAddress.nullable().optional().describe('null takes the picture away'),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: 'Name at least one field to change',
    // A body of unknown fields alone has been told so already.
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'UpdateUser' });

const count = z
  .int()
  .min(0)
  .meta({ examples: [3] });

export const statisticsSchema = z
  .object({
    users: count,
    verified: count.describe('Users whose e-mail is proved'),
    banned: count.describe('Users under a ban in force'),
    admins: count,
    sessions: count.describe('Sessions in force'),
    signUpsByDay: z
      .array(
        z.object({ day: z.string().meta({ format: 'date', examples: ['2026-11-23'] }), count }),
      )
      .describe('The last 30 days in UTC, today last'),
  })
  .meta({ id: 'Statistics' });

export type CreateUser = z.infer<typeof createUserSchema>;
export type UpdateUser = z.infer<typeof updateUserSchema>;
export type Statistics = z.infer<typeof statisticsSchema>;
