import { z } from 'zod';
import { isEmailAddress } from '../common/email-address';
import { type FirebaseParameters, toFirebaseHash } from '../password/firebase-hash';
import { isRole } from '../../contract';
import { findJsonFault, type JsonFault } from '../../runtime/json-faults';

const text = z.string();
const time = z.iso.datetime({ offset: true });

/** One line of the own format, as `npm run users:export` writes it. */
const ownLine = z.strictObject({
  id: text.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -').optional(),
  email: text.refine(isEmailAddress, 'is no e-mail address'),
  name: text.optional(),
  emailVerified: z.boolean().default(false),
  image: text.nullish(),
  role: text.refine(isRole, 'must be user or admin').default('user'),
  banned: z.boolean().default(false),
  banReason: text.nullish(),
  banExpires: time.nullish(),
  createdAt: time.optional(),
  passwordHash: text.nullish(),
});

/** A user of a file. */
export type UserLine = z.infer<typeof ownLine>;

/** `auth:export` of Firebase: one entry of `users`. */
const firebaseLine = z.object({
  localId: text,
  email: text,
  emailVerified: z.boolean().optional(),
  displayName: text.optional(),
  photoUrl: text.optional(),
  createdAt: text.regex(/^\d{1,15}$/).optional(),
  disabled: z.boolean().optional(),
  passwordHash: text.optional(),
  salt: text.optional(),
});

/** Auth0's export of users with password hashes. */
const auth0Line = z.object({
  _id: z.object({ $oid: text }).optional(),
  email: text,
  email_verified: z.boolean().optional(),
  name: text.optional(),
  picture: text.optional(),
  passwordHash: text.optional(),
});

/** An entry of `users` in a realm export of Keycloak. */
const keycloakLine = z.object({
  id: text.optional(),
  email: text,
  emailVerified: z.boolean().optional(),
  enabled: z.boolean().optional(),
  firstName: text.optional(),
  lastName: text.optional(),
  createdTimestamp: z.int().optional(),
  credentials: z
    .array(z.object({ type: text, secretData: text.optional(), credentialData: text.optional() }))
    .default([]),
});

const keycloakSecret = z.object({ value: text, salt: text.default('') });
const keycloakData = z.object({
  hashIterations: z.int(),
  algorithm: text,
  additionalParameters: z.record(text, z.array(text)).optional(),
});

export type LineFormat = 'gatehouse' | 'firebase' | 'auth0' | 'keycloak';

export interface LineOptions {
  format: LineFormat;
  /** Of the project, for lines of Firebase. */
  firebase?: FirebaseParameters;
}

/** The line cannot be imported; the message has no value of it. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

/** @throws {LineError} */
export function parseLine(line: string, options: LineOptions): UserLine {
  return parse(ownLine, toOwn(parseJson(line), options));
}

function toOwn(value: unknown, { format, firebase }: LineOptions): unknown {
  if (format === 'firebase') return fromFirebase(parse(firebaseLine, value), firebase);
  if (format === 'auth0') return fromAuth0(parse(auth0Line, value));
  if (format === 'keycloak') return fromKeycloak(parse(keycloakLine, value));
  return value;
}

function fromFirebase(user: z.infer<typeof firebaseLine>, parameters?: FirebaseParameters) {
  const { passwordHash, salt } = user;
  const hasPassword = passwordHash !== undefined && salt !== undefined;
  if (hasPassword && !parameters) throw new LineError('the parameters of Firebase are missing');
  return {
    id: user.localId,
    email: user.email,
    name: user.displayName,
    emailVerified: user.emailVerified,
    image: user.photoUrl,
    banned: user.disabled,
    createdAt: toTime(user.createdAt),
    passwordHash: hasPassword ? toFirebaseHash({ passwordHash, salt }, parameters!) : undefined,
  };
}

/** @param milliseconds since 1970. */
function toTime(milliseconds?: string | number): string | undefined {
  if (milliseconds === undefined) return undefined;
  const date = new Date(Number(milliseconds));
  if (Number.isNaN(date.getTime())) throw new LineError('the time of the creation is out of range');
  return date.toISOString();
}

function fromAuth0(user: z.infer<typeof auth0Line>) {
  return {
    id: user._id?.$oid,
    email: user.email,
    name: user.name,
    emailVerified: user.email_verified,
    image: user.picture,
    passwordHash: user.passwordHash,
  };
}

function fromKeycloak(user: z.infer<typeof keycloakLine>) {
  const password = user.credentials.find(({ type }) => type === 'password');
  return {
    id: user.id,
    email: user.email,
    name: [user.firstName, user.lastName].filter(Boolean).join(' ') || undefined,
    emailVerified: user.emailVerified,
    banned: user.enabled === false,
    createdAt: toTime(user.createdTimestamp),
    passwordHash: password && fromKeycloakCredential(password),
  };
}

function fromKeycloakCredential(given: { secretData?: string; credentialData?: string }): string {
  const { value, salt } = parse(keycloakSecret, parseJson(given.secretData ?? ''));
  const data = parse(keycloakData, parseJson(given.credentialData ?? ''));
  const { algorithm, hashIterations, additionalParameters: more = {} } = data;
  if (algorithm === 'argon2') {
    const [memory, lanes] = [more.memory?.[0], more.parallelism?.[0]];
    const kind = `$argon2${more.type?.[0] ?? 'id'}$v=19`;
    const parameters = `m=${memory},t=${hashIterations},p=${lanes}`;
    return [kind, parameters, withoutPadding(salt), withoutPadding(value)].join('$');
  }
  if (!algorithm.startsWith('pbkdf2')) {
    throw new LineError('the algorithm of the credential is not supported');
  }
  const kind = algorithm === 'pbkdf2' ? 'pbkdf2-sha1' : algorithm;
  return `$${kind}$i=${hashIterations}$${withoutPadding(salt)}$${withoutPadding(value)}`;
}

function withoutPadding(base64: string): string {
  return base64.replace(/=+$/, '');
}

function parseJson(line: string): unknown {
  const value = parseValidJson(line);
  const fault = findJsonFault(line);
  if (fault !== null) throw new LineError(FAULTS[fault]);
  return value;
}

function parseValidJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new LineError('is not JSON');
  }
}

const FAULTS: Record<JsonFault, string> = {
  'field-twice': 'names a field twice',
  'too-deep': 'has too many levels',
};

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(dropUndefined(value));
  if (result.success) return result.data;
  const [{ path, message, code }] = result.error.issues as [z.core.$ZodIssue];
  const name = path.join('.');
  const problem = code === 'custom' || code === 'invalid_format' ? message : 'has the wrong type';
  throw new LineError(
    code === 'unrecognized_keys'
      ? 'has fields that are not known'
      : `${name || 'line'}: ${problem}`,
  );
}

function dropUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
