import { z } from 'zod';
import { auditActionSchema, auditEventSchema } from '../audit/audit-event.schemas';
import { nextCursor, pageFields } from '../common/pages';
import { idParameter, whenMalformed } from '../common/schemas';

/** In UTC afterwards, where an offset may have moved it out of what PostgreSQL reads. */
const time = z.iso
  .datetime({ offset: true, error: whenMalformed('Must be an RFC 3339 time'), abort: true })
  .meta({ examples: ['2026-11-23T09:30:00.000Z'] })
  .transform((text) => new Date(text).toISOString())
  .refine((text) => /^(?!0000)\d{4}-/.test(text), 'Must lie in the years 1 to 9999');

export const listAuditEventsSchema = z.strictObject({
  ...pageFields,
  actor: idParameter.optional().describe('Id of the user or client who did it'),
  subject: idParameter.optional().describe('Id of whom or what it was done to'),
  action: auditActionSchema.optional(),
  since: time.optional().describe('Events of this time and later'),
  until: time.optional().describe('Events before this time'),
});

export type ListAuditEvents = z.infer<typeof listAuditEventsSchema>;

export const auditEventPageSchema = z
  .object({ items: z.array(auditEventSchema), nextCursor })
  .meta({ id: 'AuditEventPage' });

export type AuditEventPage = z.infer<typeof auditEventPageSchema>;
