import { z } from 'zod';
import { type Role, ROLES } from '../../contract';
import { id, timestamp } from '../common/validation/schemas';

export const roleSchema = z
  .enum(ROLES)
  .meta({ id: 'Role', description: 'The closed list of roles', examples: ['user'] });

/**
 * The role in an answer. The database can contain a role of another version, which this one does not
 * declare: an administrator reads it, and gives the user another one.
 */
const storedRole = z
  .string()
  .meta({ wire: { $ref: '#/components/schemas/Role' } }) as unknown as z.ZodType<Role>;

export const userSchema = z
  .object({
    id,
    email: z.string().meta({ format: 'email', examples: ['ada@example.com'] }),
    emailVerified: z.boolean().meta({ examples: [true] }),
    name: z.string().meta({ examples: ['Ada Lovelace'] }),
    image: z
      .string()
      .nullable()
      .describe('URL of a picture')
      .meta({ examples: ['https://example.com/ada.png'] }),
    role: storedRole,
    banned: z.boolean().describe('Whether a ban is in force'),
    banReason: z.string().nullable(),
    banExpires: timestamp
      .nullable()
      .describe('When the ban ends; null: never')
      .meta({ examples: [null] }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'User' });

export type User = z.infer<typeof userSchema>;

/** The fields of the scopes of a client that acts for the user. */
export const clientUserSchema = userSchema
  .pick({ id: true, name: true, image: true, createdAt: true, updatedAt: true })
  .extend(userSchema.pick({ email: true, emailVerified: true }).partial().shape)
  .meta({
    id: 'ClientUser',
    description:
      'What an OAuth client reads of the user it acts for: the fields of the scope `profile`; ' +
      '`email` and `emailVerified` with the scope `email`',
  });

export type ClientUser = z.infer<typeof clientUserSchema>;

/** The fields for the user: all fields, or the fields of the scopes of a client. */
export const ownUserSchema = z.union([userSchema, clientUserSchema]);

export type OwnUser = z.infer<typeof ownUserSchema>;
