import { z } from 'zod';
import { LARGEST_PAGE, nextCursor, pageFields } from '../../common/pagination/pages';
import { id, time, timestamp } from '../../common/validation/schemas';

export const eventStreamSchema = z
  .object({
    streamId: id,
    clientId: id.describe('The service account that receives the events'),
    description: z.string().nullable(),
    method: z.enum(['push', 'poll']),
    endpointUrl: z
      .string()
      .nullable()
      .describe('Where events are pushed to')
      .meta({ examples: ['https://events.example.com/'] }),
    status: z.enum(['enabled', 'paused', 'disabled']),
    statusReason: z.string().nullable(),
    pending: z
      .int()
      .min(0)
      .describe('Events that wait for the receiver')
      .meta({ examples: [0] }),
    createdAt: timestamp,
  })
  .meta({ id: 'EventStream' });

export const eventStreamPageSchema = z
  .object({ items: z.array(eventStreamSchema).meta({ maxItems: LARGEST_PAGE }), nextCursor })
  .meta({ id: 'EventStreamPage' });

const deliveryId = z
  .string()
  .regex(/^\d{1,18}$/, 'Not an id')
  .meta({ examples: ['4711'] });

export const eventDeliverySchema = z
  .object({
    deliveryId,
    jti: z
      .string()
      .describe('Of the security event token: the same in each attempt')
      .meta({ examples: ['5b1c8c1e-2c0a-4c62-9c3c-0f4c1f9a7d11'] }),
    eventType: z
      .string()
      .describe('Name of the event: a URI')
      .meta({ examples: ['https://schemas.openid.net/secevent/caep/event-type/session-revoked'] }),
    subject: id.describe('Id of the user, or of the stream for events about the stream'),
    state: z
      .enum(['pending', 'delivered', 'failed'])
      .describe('`failed`: the receiver refused the event, and it is not sent again'),
    attempts: z
      .int()
      .min(0)
      .meta({ examples: [1] }),
    lastError: z
      .string()
      .nullable()
      .meta({ examples: ['status 503'] }),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: 'EventDelivery' });

export const eventDeliveryPageSchema = z
  .object({ items: z.array(eventDeliverySchema).meta({ maxItems: LARGEST_PAGE }), nextCursor })
  .meta({ id: 'EventDeliveryPage' });

export const listEventStreamsSchema = z.strictObject(pageFields);

export const listDeliveriesSchema = z.strictObject({
  ...pageFields,
  state: eventDeliverySchema.shape.state.optional(),
});

export const replaySchema = z
  .strictObject({
    deliveryIds: z
      .array(deliveryId)
      .min(1)
      .max(LARGEST_PAGE)
      .optional()
      .describe('These deliveries'),
    since: time('2026-11-23T09:30:00.000Z')
      .optional()
      .describe('The deliveries of this time and later; with `deliveryIds`: of those'),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: 'Name deliveries or a time',
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'ReplayDeliveries' });

export const replayedSchema = z
  .object({
    replayed: z
      .int()
      .min(0)
      .describe('Deliveries that wait again')
      .meta({ examples: [1] }),
  })
  .meta({ id: 'ReplayedDeliveries' });

export type EventStream = z.infer<typeof eventStreamSchema>;
export type EventStreamPage = z.infer<typeof eventStreamPageSchema>;
export type EventDelivery = z.infer<typeof eventDeliverySchema>;
export type EventDeliveryPage = z.infer<typeof eventDeliveryPageSchema>;
export type ListEventStreams = z.infer<typeof listEventStreamsSchema>;
export type ListDeliveries = z.infer<typeof listDeliveriesSchema>;
export type Replay = z.infer<typeof replaySchema>;
export type Replayed = z.infer<typeof replayedSchema>;
