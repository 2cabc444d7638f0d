import { randomBytes, randomInt } from 'node:crypto';
import { BAN_REASONS, DOMAINS, FIRST_NAMES, LAST_NAMES, USER_AGENTS } from './names';

const DAY_MS = 86_400_000;
const YEARS_MS = 3 * 365 * DAY_MS;
/** Of each thousand users. */
const ADMINISTRATORS = 5;
const BANNED = 25;
const UNVERIFIED = 100;
const WITH_SESSIONS = 300;
const MOST_SESSIONS = 3;

export interface SeedSession {
  id: string;
  token: string;
  createdAt: Date;
  expiresAt: Date;
  ipAddress: string;
  userAgent: string;
}

export interface SeedUser {
  id: string;
  name: string;
  email: string;
  isVerified: boolean;
  role: 'admin' | 'user';
  ban: { reason: string | null; expires: Date | null } | null;
  createdAt: Date;
  sessions: SeedSession[];
}

/** @param run makes the e-mail addresses of one run differ from those of another. */
export function makeUser(run: string, number: number): SeedUser {
  const [first, last] = [oneOf(FIRST_NAMES), oneOf(LAST_NAMES)];
  const createdAt = new Date(Date.now() - randomInt(DAY_MS, YEARS_MS));
  const ban = happens(BANNED) ? makeBan() : null;
  const words = [first, last].map(toAscii).filter(Boolean);
  return {
    id: randomId(),
    name: `${first} ${last}`,
    email: `${[...words, `${run}${number}`].join('.')}@${oneOf(DOMAINS)}`,
    isVerified: !happens(UNVERIFIED),
    role: ban === null && happens(ADMINISTRATORS) ? 'admin' : 'user',
    ban,
    createdAt,
    // The database refuses a session of a banned user.
    sessions: ban === null && happens(WITH_SESSIONS) ? makeSessions() : [],
  };
}

function makeBan(): SeedUser['ban'] {
  const expires = randomInt(2) === 0 ? null : new Date(Date.now() + randomInt(DAY_MS, 90 * DAY_MS));
  return { reason: oneOf(BAN_REASONS), expires };
}

function makeSessions(): SeedSession[] {
  return Array.from({ length: randomInt(1, MOST_SESSIONS + 1) }, () => {
    const createdAt = new Date(Date.now() - randomInt(6 * DAY_MS));
    return {
      id: randomId(),
      token: randomId(),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + 7 * DAY_MS),
      ipAddress: makeIpAddress(),
      userAgent: oneOf(USER_AGENTS),
    };
  });
}

/** Reserved for documentation (RFC 5737, RFC 3849). */
function makeIpAddress(): string {
  if (randomInt(4) === 0) return `2001:db8::${randomInt(1, 0xffff).toString(16)}`;
  return `203.0.113.${randomInt(1, 255)}`;
}

/** `Łukasz` becomes `lukasz`; a name in another script becomes empty. */
function toAscii(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .replaceAll('ı', 'i')
    .normalize('NFD')
    .replaceAll(/[^a-z]/g, '');
}

/** @param share of a thousand. */
function happens(share: number): boolean {
  return randomInt(1_000) < share;
}

function oneOf<Item>(items: readonly Item[]): Item {
  return items[randomInt(items.length)]!;
}

function randomId(): string {
  return randomBytes(16).toString('hex');
}
