import { z } from 'zod';
import { exactText } from '../common/validation/schemas';

const challenge = z
  .string()
  .meta({ examples: ['2fa-Xw4zTn8sGv2yPb6mCd1h.q0rYg6kuX9DI23Dr3jJ4YiEQx80xlR83mTAgQFzETzI%3D'] });

export const twoFactorRequiredSchema = z
  .object({
    twoFactorRequired: z.literal(true),
    challenge: challenge.describe(
      'Proof of the first step, valid for five minutes; send it with a code to `/auth/two-factor`',
    ),
  })
  .meta({
    id: 'TwoFactorRequired',
    description: 'The password is correct; a second factor is required',
  });

export const twoFactorSchema = z
  .strictObject({
    // The value becomes a cookie: it contains no character that ends one.
    challenge: challenge.regex(/^[\w.%+/=-]+$/, 'Not a challenge').max(256),
    code: exactText(64)
      .min(1, 'Must not be empty')
      .describe('Six digits of the authenticator app, or a recovery code')
      .meta({ examples: ['492039'] }),
  })
  .meta({ id: 'TwoFactor' });

export type TwoFactorRequired = z.infer<typeof twoFactorRequiredSchema>;
export type TwoFactor = z.infer<typeof twoFactorSchema>;
