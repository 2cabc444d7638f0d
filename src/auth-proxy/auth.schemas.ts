import { z } from 'zod';
import { LONGEST, PASSWORD_LENGTH } from '../../contract';
import { userSchema } from '../users/user.schemas';
import { sessionSchema } from '../users/session.schemas';
import { email, exactText, personalText } from '../common/validation/schemas';

/** The upper bound of the auth server: a longer password costs only time for its hash. */
export const newPasswordSchema = exactText(PASSWORD_LENGTH.most)
  .min(PASSWORD_LENGTH.least)
  .meta({ format: 'password', examples: ['correct horse battery staple'] });

export const signUpSchema = z
  .strictObject({
    email,
    password: newPasswordSchema,
    name: personalText(LONGEST.name).meta({ examples: ['Ada Lovelace'] }),
  })
  .meta({ id: 'SignUp' });

export const signInSchema = z
  .strictObject({
    email,
    // No rules at the sign-in: a password from before a change of the rules must still work.
    password: exactText(1024)
      .min(1, 'Must not be empty')
      .meta({ format: 'password', examples: ['correct horse battery staple'] }),
  })
  .meta({ id: 'SignIn' });

const refreshToken = z.string().meta({ examples: ['kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D'] });

/** Any string: a string that is not a refresh token gets 401, not 422. */
export const refreshSchema = z.strictObject({ refreshToken }).meta({ id: 'Refresh' });

export const tokensSchema = z
  .object({
    accessToken: z
      .string()
      .describe('JWT for the Authorization header')
      .meta({ examples: ['eyJhbGciOiJSUzI1NiIsImtpZCI6IjdmIn0.eyJzdWIiOiJaazEifQ.c2ln'] }),
    tokenType: z.literal('Bearer'),
    expiresIn: z
      .int()
      .describe('Lifetime of the access token in seconds')
      .meta({ examples: [900] }),
    refreshToken: refreshToken.describe('Keep it secret: it gives access to the session'),
  })
  .meta({ id: 'Tokens' });

export const signedInSchema = tokensSchema
  .extend({ user: userSchema })
  .meta({ id: 'SignedIn', description: 'A new session: its user and its tokens' });

export const verificationRequiredSchema = z
  .object({ verificationRequired: z.literal(true) })
  .meta({ id: 'VerificationRequired' });

export const sessionAndUserSchema = z
  .object({ session: sessionSchema, user: userSchema })
  .meta({ id: 'SessionAndUser' });

export type SignUp = z.infer<typeof signUpSchema>;
export type SignIn = z.infer<typeof signInSchema>;
export type Refresh = z.infer<typeof refreshSchema>;
export type Tokens = z.infer<typeof tokensSchema>;
export type SignedIn = z.infer<typeof signedInSchema>;
export type VerificationRequired = z.infer<typeof verificationRequiredSchema>;
export type SessionAndUser = z.infer<typeof sessionAndUserSchema>;
