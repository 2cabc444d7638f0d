import { z } from 'zod';
import { MOST_STORED } from '../../../contract';
import { id, timestamp } from '../../common/validation/schemas';

export const passkeySchema = z
  .object({
    id,
    name: z.string().nullable(),
    deviceType: z.string().meta({ examples: ['multiDevice'] }),
    backedUp: z.boolean().describe('Whether a provider keeps a copy for the other devices'),
    createdAt: timestamp.nullable(),
  })
  .meta({ id: 'Passkey', description: 'A key of one of the devices, without the key' });

export const secondFactorSchema = z
  .object({
    enabled: z.boolean().describe('Whether a sign-in with the password requires a code'),
    trustedDevices: z
      .array(z.object({ createdAt: timestamp, expiresAt: timestamp }))
      .describe('Devices without the second factor')
      .meta({ maxItems: MOST_STORED.trustedDevices }),
  })
  .meta({ id: 'SecondFactor', description: 'Its stored data, without its secrets' });

export type Passkey = z.infer<typeof passkeySchema>;
export type SecondFactor = z.infer<typeof secondFactorSchema>;
