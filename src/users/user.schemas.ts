import { z } from 'zod';
import { ROLES } from '../../contract';
import { id, timestamp } from '../common/validation/schemas';

export const roleSchema = z
  .enum(ROLES)
  .meta({ id: 'Role', description: 'The closed list of roles', examples: ['user'] });

export const userSchema = z
  .object({
    id,
    email: z.string().meta({ format: 'email', examples: ['ada@example.com'] }),
    emailVerified: z.boolean().meta({ examples: [true] }),
    name: z.string().meta({ examples: ['Ada Lovelace'] }),
    image: z
      .string()
      .nullable()
      .describe('Address of a picture')
      .meta({ examples: ['https://example.com/ada.png'] }),
    role: roleSchema,
    banned: z.boolean().describe('Whether a ban is in force'),
    banReason: z.string().nullable(),
    banExpires: timestamp
      .nullable()
      .describe('When the ban ends by itself; null: it does not')
      .meta({ examples: [null] }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'User' });

export type User = z.infer<typeof userSchema>;
