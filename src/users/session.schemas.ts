import { z } from 'zod';
import { MOST_STORED } from '../../contract';
import { id, timestamp } from '../common/validation/schemas';

export const sessionSchema = z
  .object({
    id,
    createdAt: timestamp,
    updatedAt: timestamp,
    expiresAt: timestamp.meta({ examples: ['2026-11-30T09:30:00.000Z'] }),
    ipAddress: z
      .string()
      .nullable()
      .meta({ examples: ['203.0.113.7'] }),
    userAgent: z
      .string()
      .nullable()
      .meta({ examples: ['Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0'] }),
    impersonatedBy: z.string().nullable().describe('Id of the administrator who acts as this user'),
    current: z
      .boolean()
      .describe('Whether the access token belongs to this session')
      .meta({ examples: [true] }),
  })
  .meta({ id: 'Session' });

export const sessionListSchema = z
  .object({ items: z.array(sessionSchema).meta({ maxItems: MOST_STORED.sessions }) })
  .meta({ id: 'SessionList' });

export type Session = z.infer<typeof sessionSchema>;
export type SessionList = z.infer<typeof sessionListSchema>;
