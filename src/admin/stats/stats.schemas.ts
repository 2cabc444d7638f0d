import { z } from 'zod';

const count = z
  .int()
  .min(0)
  .meta({ examples: [3] });

export const statisticsSchema = z
  .object({
    users: count,
    verified: count.describe('Users whose e-mail address is verified'),
    banned: count.describe('Users under a ban in force'),
    admins: count,
    sessions: count.describe('Sessions in force'),
    signUpsByDay: z
      .array(
        z.object({ day: z.string().meta({ format: 'date', examples: ['2026-11-23'] }), count }),
      )
      .describe('The last 30 days in UTC, today last')
      .meta({ maxItems: 30 }),
  })
  .meta({ id: 'Statistics' });

export type Statistics = z.infer<typeof statisticsSchema>;
