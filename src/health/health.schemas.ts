import { z } from 'zod';

export const livenessSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness' });

const status = z.enum(['ok', 'unavailable']);

const count = z.int().meta({ examples: [12] });

export const readinessSchema = z
  .object({
    status,
    checks: z.object({
      database: z.object({ status }),
      signingKeys: z.object({
        status,
        ageSeconds: z
          .number()
          .nullable()
          .describe('Age of the key set in use')
          .meta({ examples: [42] }),
      }),
      authServer: z
        .object({ status })
        .describe('Not a condition of readiness: tokens are verified without it'),
      access: z
        .object({
          mode: z.enum(['live', 'strict', 'token']).describe('The current check of access'),
          proofAgeMs: z
            .number()
            .nullable()
            .describe('Age of the newest proof that changes are received; null without one')
            .meta({ examples: [250] }),
          knownSessions: count,
          notifications: count,
          loads: count,
          discardedLoads: count.describe('Discarded because a change arrived during the query'),
        })
        .describe('Not a condition of readiness: without proof, each request queries the database'),
    }),
  })
  .meta({ id: 'Readiness' });

export type Readiness = z.infer<typeof readinessSchema>;
