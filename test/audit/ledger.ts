import { randomUUID } from 'node:crypto';
import type { System } from '../support/system';

export interface LoggedEvent {
  action: string;
  outcome: string;
  actor_type: string;
  actor_id: string | null;
  impersonator_id: string | null;
  subject_type: string | null;
  subject_id: string | null;
  ip_address: string | null;
  user_agent: string | null;
  request_id: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  detail: Record<string, unknown> | null;
}

/** Names for the users of a test; other users appear with their id. */
export type Names = Record<string, string>;

export interface Visit {
  /** Default: POST. */
  method?: string;
  url: string;
  body?: object;
  /** A session token for the auth server, an access token for the API. */
  bearer?: string;
  cookie?: string;
}

export interface Visited {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
  requestId: string;
}

export const USER_AGENT = 'an audited browser';

/** One request with an id that identifies its events. */
export async function visit({ method = 'POST', url, body, ...who }: Visit): Promise<Visited> {
  const requestId = randomUUID();
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    body: body && JSON.stringify(body),
    headers: {
      origin: new URL(url).origin,
      'user-agent': USER_AGENT,
      'x-request-id': requestId,
      ...(body && { 'content-type': 'application/json' }),
      ...(who.bearer && { authorization: `Bearer ${who.bearer}` }),
      ...(who.cookie && { cookie: who.cookie }),
    },
  });
  const text = await response.text();
  const parsed = /^[{[]/.test(text) ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, body: parsed, requestId };
}

export function readEvents(system: System, requestId: string): Promise<LoggedEvent[]> {
  return system.query<LoggedEvent>('SELECT * FROM audit_event WHERE request_id = $1 ORDER BY id', [
    requestId,
  ]);
}

/** `user.updated by Ann as Root about Ann`: actor, impersonator and subject. */
export function describeEvent(event: LoggedEvent, names: Names): string {
  const nameOf = (id: string | null, type: string | null) =>
    id === null ? (type ?? 'nobody') : (names[id] ?? id);
  const { outcome, action, impersonator_id: impersonator } = event;
  return [
    ...(outcome === 'failure' ? ['failed'] : []),
    `${action} by ${nameOf(event.actor_id, event.actor_type)}`,
    ...(impersonator === null ? [] : [`through ${nameOf(impersonator, null)}`]),
    `about ${nameOf(event.subject_id, event.subject_type)}`,
  ].join(' ');
}
