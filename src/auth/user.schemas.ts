import { z } from 'zod';
import { ROLES } from '../../auth-server/contract';
import { id, timestamp } from '../common/schemas';

export const roleSchema = z
  .enum(ROLES)
  .meta({ id: 'Role', description: 'The closed list of roles' });

export const userSchema = z
  .object({
    id,
    email: z.string().meta({ format: 'email', examples: ['ada@example.com'] }),
    emailVerified: z.boolean(),
    name: z.string().meta({ examples: ['Ada Lovelace'] }),
    image: z.string().nullable().describe('Address of a picture'),
    role: roleSchema,
    banned: z.boolean().describe('Whether a ban is in force'),
    banReason: z.string().nullable(),
    banExpires: timestamp.nullable().describe('When the ban ends by itself; null: it does not'),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'User' });

export type User = z.infer<typeof userSchema>;
