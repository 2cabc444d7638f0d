import { z } from 'zod';
import { userSchema } from './user.schemas';
import { email, exactText, id, personalText, timestamp } from '../common/validation/schemas';

/** Upper bound as in the auth server: a longer one would only cost hashing time. */
export const newPasswordSchema = exactText(128)
  .min(8)
  .meta({ format: 'password', examples: ['correct horse battery staple'] });

export const signUpSchema = z
  .strictObject({
    email,
    password: newPasswordSchema,
    name: personalText(200).meta({ examples: ['Ada Lovelace'] }),
  })
  .meta({ id: 'SignUp' });

export const signInSchema = z
  .strictObject({
    email,
    // No rules here: whatever was once accepted must still sign in.
    password: exactText(1024)
      .min(1, 'Must not be empty')
      .meta({ format: 'password', examples: ['correct horse battery staple'] }),
  })
  .meta({ id: 'SignIn' });

const refreshToken = z.string().meta({ examples: ['kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D'] });

export const refreshSchema = z
  .strictObject({
    refreshToken: refreshToken.regex(/^[\x21-\x7e]+$/, 'Not a refresh token').max(512),
  })
  .meta({ id: 'Refresh' });

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
    refreshToken: refreshToken.describe('Keep it secret: it stands for the session'),
  })
  .meta({ id: 'Tokens' });

export const signedInSchema = tokensSchema
  .extend({ user: userSchema })
  .meta({ id: 'SignedIn', description: 'A new session: its user and its tokens' });

export const verificationRequiredSchema = z
  .object({ verificationRequired: z.literal(true) })
  .meta({ id: 'VerificationRequired' });

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

export const sessionAndUserSchema = z
  .object({ session: sessionSchema, user: userSchema })
  .meta({ id: 'SessionAndUser' });

export type SignUp = z.infer<typeof signUpSchema>;
export type SignIn = z.infer<typeof signInSchema>;
export type Refresh = z.infer<typeof refreshSchema>;
export type Tokens = z.infer<typeof tokensSchema>;
export type SignedIn = z.infer<typeof signedInSchema>;
export type VerificationRequired = z.infer<typeof verificationRequiredSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type SessionAndUser = z.infer<typeof sessionAndUserSchema>;
