import { z } from 'zod';
import {
  AUDIT_ACTIONS,
  AUDIT_ACTOR_TYPES,
  AUDIT_OUTCOMES,
  AUDIT_SUBJECT_TYPES,
} from '../../contract';
import { id, timestamp } from '../common/validation/schemas';

const values = z.record(z.string(), z.unknown()).nullable();

export const auditActionSchema = z.enum(AUDIT_ACTIONS);

export const auditEventSchema = z
  .object({
    id,
    occurredAt: timestamp,
    action: z
      .string()
      .describe('What happened; docs/guides/audit.md lists them all')
      .meta({ examples: ['user.signed_in'] }),
    outcome: z.enum(AUDIT_OUTCOMES),
    actor: z
      .object({
        type: z.enum(AUDIT_ACTOR_TYPES),
        id: id.nullable().describe('null for `system` and `anonymous`'),
      })
      .describe('The actor'),
    impersonatorId: id.nullable().describe('The administrator who acted as the user'),
    subject: z
      .object({
        // Events are kept longer than a feature that declares the type.
        type: z
          .string()
          .describe(`One of ${AUDIT_SUBJECT_TYPES.join(', ')}, or of a feature that was removed`)
          .meta({ examples: ['user'] }),
        id,
      })
      .nullable()
      .describe('What was changed'),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable().describe('The `X-Request-Id` of the request'),
    before: values.describe('The changed fields before the change; never a credential'),
    after: values.describe('The changed fields after the change; never a credential'),
    detail: values.describe(
      'Further facts: the method of a sign-in, `clientId` of the OAuth client that ' +
        'acted for the user',
    ),
  })
  .meta({ id: 'AuditEvent' });

export type AuditEvent = z.infer<typeof auditEventSchema>;
