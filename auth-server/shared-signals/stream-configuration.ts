import { APIError } from 'better-auth/api';
import { z } from 'zod';
import { AUTH_BASE_PATH } from '../../contract';
import { isPlainText } from '../../runtime/plain-text';
import type { AuthConfig } from '../common/config';
import { encryptStored, toCipherKey } from '../common/secrets';
import { destinationFault } from './destinations/destination';
import { SSF_PATHS } from './paths';
import { EVENTS_SUPPORTED } from './security-events';
import { type StreamInput, type StreamRow, VERIFICATION_INTERVAL_S } from './stream-store';

export const DELIVERY_METHODS = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const;

/** How long a description, and the reason of a status, may be. */
export const shortText = z
  .string()
  .max(200)
  .refine((text) => isPlainText(text, 200), 'Must be plain text');

const delivery = z.strictObject({
  method: z.enum(Object.values(DELIVERY_METHODS)),
  endpoint_url: z.string().max(2_000).optional(),
  authorization_header: z
    .string()
    .max(2_000)
    .regex(/^[\x20-\x7e]*$/)
    .nullable()
    .optional(),
});

/** What a receiver may send. Values of the transmitter are accepted when they are the current ones. */
const fields = {
  description: shortText.nullable().optional(),
  events_requested: z.array(z.string().max(200)).max(100).optional(),
  delivery: delivery.optional(),
};

const FROM_TRANSMITTER = {
  iss: z.unknown(),
  aud: z.unknown(),
  events_supported: z.unknown(),
  events_delivered: z.unknown(),
  min_verification_interval: z.unknown(),
};

export const newStreamSchema = z.strictObject(fields);

export const changedStreamSchema = z.strictObject({
  stream_id: z.string().max(64),
  ...fields,
  ...z.object(FROM_TRANSMITTER).partial().shape,
});

type ReceiverFields = z.infer<typeof newStreamSchema>;
export type ChangedStream = z.infer<typeof changedStreamSchema>;

/** A stream as its receiver sees it (SSF 1.0, section 8.1.1). The authorization is not shown. */
export function toConfiguration(row: StreamRow, config: AuthConfig) {
  const wanted = row.eventsRequested;
  return {
    stream_id: row.id,
    iss: config.jwtIssuer,
    aud: row.clientId,
    events_supported: [...EVENTS_SUPPORTED],
    ...(wanted && { events_requested: wanted }),
    events_delivered: EVENTS_SUPPORTED.filter((type) => wanted?.includes(type) ?? true),
    delivery: {
      method: DELIVERY_METHODS[row.method],
      endpoint_url:
        row.endpointUrl ?? `${config.authUrl}${AUTH_BASE_PATH}${SSF_PATHS.poll}/${row.id}`,
    },
    min_verification_interval: VERIFICATION_INTERVAL_S,
    ...(row.description !== null && { description: row.description }),
  };
}

/**
 * The columns of what a receiver sends. Missing fields have the values of `former`, or no value
 * where the configuration is replaced.
 * @throws {APIError} 400
 */
export async function toStreamInput(
  body: ReceiverFields,
  { former, isReplaced = false, config }: InputContext,
): Promise<StreamInput> {
  const kept = isReplaced ? null : former;
  const { description = kept?.description, events_requested: events } = body;
  return {
    description: description ?? null,
    eventsRequested: events ?? kept?.eventsRequested ?? null,
    ...(body.delivery || !kept
      ? await toDelivery(body.delivery, { former, config })
      : deliveryOf(kept)),
  };
}

interface InputContext {
  former: StreamInput | null;
  isReplaced?: boolean;
  config: AuthConfig;
}

type DeliveryInput = Pick<StreamInput, 'method' | 'endpointUrl' | 'authorization'>;

function deliveryOf({ method, endpointUrl, authorization }: StreamInput): DeliveryInput {
  return { method, endpointUrl, authorization };
}

/** Without a delivery, the receiver polls (SSF 1.0, section 8.1.1.1). */
async function toDelivery(
  wanted: ReceiverFields['delivery'],
  { former, config }: InputContext,
): Promise<DeliveryInput> {
  if (wanted?.method !== DELIVERY_METHODS.push) {
    return { method: 'poll', endpointUrl: null, authorization: null };
  }
  const { endpoint_url: endpointUrl = '', authorization_header: header } = wanted;
  const fault = destinationFault(endpointUrl, config.streamDestinations);
  if (fault !== null) throw invalid(`/delivery/endpoint_url: ${fault}`);
  // The receiver does not read the former one, so it stays. It is for its own destination only.
  const kept = former?.endpointUrl === endpointUrl ? former.authorization : null;
  const authorization = header ? await encrypt(header, config) : header === null ? null : kept;
  return { method: 'push', endpointUrl, authorization };
}

function encrypt(data: string, config: AuthConfig): Promise<string> {
  return encryptStored(data, toCipherKey(config));
}

/** @throws {APIError} 400 when a value of the transmitter is not the current one. */
export function assertUnchanged(body: ChangedStream, current: object): void {
  const values: Record<string, unknown> = { ...current };
  for (const name of Object.keys(FROM_TRANSMITTER) as (keyof typeof FROM_TRANSMITTER)[]) {
    if (body[name] === undefined) continue;
    if (JSON.stringify(body[name]) !== JSON.stringify(values[name])) {
      throw invalid(`/${name}: only the transmitter changes it`);
    }
  }
}

/** @returns the refusal of a request with a value that is not accepted. */
export function invalid(message: string): APIError {
  return new APIError('BAD_REQUEST', { code: 'INVALID_REQUEST', message });
}
