import { z } from 'zod';
import { LONGEST } from '../../../contract';
import { roleSchema, userSchema } from '../../users/user.schemas';
import { newPasswordSchema } from '../../auth-proxy/auth.schemas';
import { LARGEST_PAGE, nextCursor, pageFields } from '../../common/pagination/pages';
import { email, personalText, time, webAddress } from '../../common/validation/schemas';

const trueOrFalse = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ wire: { type: 'boolean' } });

/** Orders of the list; a leading `-` means descending. */
export const USER_ORDERS = ['createdAt', '-createdAt', 'email', 'name'] as const;

export type UserOrder = (typeof USER_ORDERS)[number];

export const listUsersSchema = z.strictObject({
  ...pageFields,
  search: personalText(200)
    .optional()
    .describe('A part of the e-mail address or the name, in upper or lower case')
    .meta({ examples: ['ada'] }),
  role: roleSchema.optional(),
  banned: trueOrFalse.optional().describe('Whether a ban is in force'),
  emailVerified: trueOrFalse.optional(),
  sort: z.enum(USER_ORDERS).default('-createdAt'),
  include: z.literal('total').optional().describe('`total` counts all matching users'),
});

export type ListUsers = z.infer<typeof listUsersSchema>;

export const userPageSchema = z
  .object({
    items: z.array(userSchema).meta({ maxItems: LARGEST_PAGE }),
    nextCursor,
    total: z
      .int()
      .optional()
      .meta({ examples: [1] }),
  })
  .meta({ id: 'UserPage' });

export type UserPage = z.infer<typeof userPageSchema>;

export const setRoleSchema = z.strictObject({ role: roleSchema }).meta({ id: 'SetRole' });

export type SetRole = z.infer<typeof setRoleSchema>;

export const banSchema = z
  .strictObject({
    reason: personalText(500)
      .optional()
      .meta({ examples: ['Sent spam'] }),
    expiresAt: time('2099-12-31T00:00:00Z')
      .refine((text) => Date.parse(text) > Date.now(), 'Must lie in the future')
      .optional()
      .describe('When the ban ends; without it: never'),
  })
  .meta({ id: 'Ban' });

export type Ban = z.infer<typeof banSchema>;

export const createUserSchema = z
  .strictObject({
    email,
    password: newPasswordSchema.optional().describe('Without it the user cannot sign in yet'),
    name: personalText(LONGEST.name).meta({ examples: ['Ada Lovelace'] }),
    role: roleSchema.optional(),
  })
  .meta({ id: 'CreateUser' });

export type CreateUser = z.infer<typeof createUserSchema>;

export const updateUserSchema = z
  .strictObject({
    email: email.optional(),
    emailVerified: z
      .boolean()
      .optional()
      .meta({ examples: [true] }),
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
  .meta({ id: 'UpdateUser' });

export type UpdateUser = z.infer<typeof updateUserSchema>;
