import { z } from 'zod';

/** Longest replay, in seconds: as long as events are kept. */
const LONGEST_REPLAY = 86_400;

export const accessEventsQuerySchema = z.strictObject({
  replay: z
    .string()
    .regex(/^\d{1,5}$/, 'Must be a number of seconds')
    .transform(Number)
    .refine((seconds) => seconds <= LONGEST_REPLAY, `Must be at most ${LONGEST_REPLAY}`)
    .default(0)
    .meta({
      description: 'Without `Last-Event-ID`: the events of this many seconds come first',
      wire: { type: 'integer', minimum: 0, maximum: LONGEST_REPLAY, default: 0 },
      examples: [3_600],
    }),
});

export type AccessEventsQuery = z.infer<typeof accessEventsQuerySchema>;
