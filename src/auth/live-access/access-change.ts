import { z } from 'zod';

/** The channel on which the database announces changes of access (see `migrations/`). */
export const ACCESS_CHANNEL = 'gatehouse_access';

/** The channel on which the database announces new access events. */
export const EVENT_CHANNEL = 'gatehouse_events';

/** The subject of a notification: the session, user or client that changed. */
export interface AccessChange {
  users: string[];
  sessions: string[];
  clients: string[];
  /** All known state is out of date. */
  all: boolean;
  /** The signing keys changed. */
  keys: boolean;
}

const payloadSchema = z.strictObject({
  users: z.array(z.string()).default([]),
  sessions: z.array(z.string()).default([]),
  clients: z.array(z.string()).default([]),
  all: z.boolean().default(false),
  keys: z.boolean().default(false),
});

const EVERYTHING: AccessChange = {
  users: [],
  sessions: [],
  clients: [],
  all: true,
  keys: true,
};

/** A notification that cannot be parsed counts as a change of everything. */
export function parseAccessChange(payload: string): AccessChange {
  try {
    return payloadSchema.parse(JSON.parse(payload));
  } catch {
    return EVERYTHING;
  }
}
