import { z } from 'zod';
import { MOST_OF_CLIENT } from '../../../contract';
import {
  CLIENT_KEY_ALGORITHMS,
  findKeyFault,
  haveDistinctIds,
} from '../../../runtime/tokens/client-keys';

/**
 * The longest member of a key of 8192 bits has 1366 characters. A longer one is refused before the
 * key is read: an exponent of 80,000 characters takes seconds.
 */
const member = z.string().min(1).max(2000, { abort: true }).optional();

const clientKey = z
  .strictObject({
    kty: z.enum(['RSA', 'EC', 'OKP']),
    kid: z.string().min(1).max(200).optional(),
    use: z.literal('sig').optional(),
    alg: z.enum(CLIENT_KEY_ALGORITHMS).optional(),
    n: member,
    e: member,
    crv: member,
    x: member,
    y: member,
  })
  .superRefine((key, context) => {
    const fault = findKeyFault(key);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

/** RFC 7517, appendix A.1. */
export const EXAMPLE_KEYS = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      kid: '2026-11',
      x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
      y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    },
  ],
};

/** Public keys of a client. An address of keys, `jwks_uri`, is not accepted. */
export const clientKeysSchema = z
  .strictObject({
    keys: z
      .array(clientKey)
      .min(1)
      .max(MOST_OF_CLIENT.keys)
      .refine(haveDistinctIds, 'Several keys need different kid'),
  })
  .describe(
    'Public keys (RFC 7517). The client then has no secret and authenticates by a signed JWT ' +
      '(`private_key_jwt`, RFC 7523). To change keys, first add the new key, then remove the old one',
  )
  .meta({ id: 'ClientKeys', examples: [EXAMPLE_KEYS] });

/** The keys in answers. */
export const shownKeysSchema = z
  .object({
    keys: z.array(z.record(z.string(), z.string())).meta({ maxItems: MOST_OF_CLIENT.keys }),
  })
  .describe('Its public keys; a client with a secret has none')
  .meta({ examples: [EXAMPLE_KEYS] });

export type ClientKeys = z.infer<typeof clientKeysSchema>;
