import { z } from 'zod';
import { auditActionSchema, auditEventSchema } from '../../audit/audit-event.schemas';
import { LARGEST_PAGE, nextCursor, pageFields } from '../../common/pagination/pages';
import { idParameter, time } from '../../common/validation/schemas';

const moment = time('2026-11-23T09:30:00.000Z').optional();

export const listAuditEventsSchema = z.strictObject({
  ...pageFields,
  actor: idParameter.optional().describe('Id of the user or client that acted'),
  subject: idParameter.optional().describe('Id of the user, client or resource that was changed'),
  action: auditActionSchema.optional(),
  since: moment.describe('Events of this time and later'),
  until: moment.describe('Events before this time'),
});

export type ListAuditEvents = z.infer<typeof listAuditEventsSchema>;

export const auditEventPageSchema = z
  .object({ items: z.array(auditEventSchema).meta({ maxItems: LARGEST_PAGE }), nextCursor })
  .meta({ id: 'AuditEventPage' });

export type AuditEventPage = z.infer<typeof auditEventPageSchema>;
