import { passkey } from '@better-auth/passkey';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import type { AuthConfig } from '../common/config';
import { fieldOf } from '../common/caller';
import { requestContext } from '../common/request-context';
import { hasUserAsValue } from '../common/stored-hashes';
import { acceptRegistration, refuseFaultyRegistration } from './registration';
import { assertHolderVerified } from './user-verification';
import { isPlainText } from '../../runtime/plain-text';
import { PASSKEY_MAPPING } from './schema';

export { checkNewPasskeys } from './new-passkeys';

/** How long after signing in a passkey may be added, in milliseconds. */
const ADDING_WINDOW_MS = 10 * 60 * 1_000;

const IMPERSONATED = {
  code: 'IMPERSONATED_SESSION',
  message: 'Only the users themselves add a passkey.',
};

/** Endpoints that store the name of a passkey. */
const NAMING_PATHS = ['/passkey/verify-registration', '/passkey/update-passkey'];

const INVALID_NAME = {
  code: 'INVALID_NAME',
  message: 'name must be plain text of at most 200 characters.',
};

/** Endpoints that use a challenge up. */
const VERIFYING_PATHS = ['/passkey/verify-registration', '/passkey/verify-authentication'];

const OPTIONS_PATH = '/passkey/generate-authenticate-options';

/**
 * Better-Auth's passkeys (W3C WebAuthn). They belong to the host of `AUTH_URL`; pages of that host
 * and of its subdomains may use them. The device must verify the user (PIN, fingerprint, face), so
 * a passkey is two factors and no code is required.
 */
export function passkeys({ authUrl, apiUrl, trustedOrigins }: AuthConfig) {
  const rpID = new URL(authUrl).hostname;
  const origins = [authUrl, apiUrl, ...trustedOrigins].map((url) => new URL(url).origin);
  const plugin = passkey({
    rpID,
    rpName: 'Gatehouse',
    origin: [...new Set(origins)].filter((origin) => isBelow(new URL(origin).hostname, rpID)),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: { afterVerification: acceptRegistration },
    authentication: {
      afterVerification: ({ verification: { authenticationInfo } }) => {
        assertHolderVerified(authenticationInfo.userVerified);
        noteKind(authenticationInfo.credentialDeviceType);
      },
    },
    schema: PASSKEY_MAPPING,
  });
  const { options } = plugin.endpoints.generatePasskeyRegistrationOptions;
  Object.assign(options, { use: [...options.use, requireRecentSignIn] });
  const hooks = {
    before: [
      { matcher: namesPasskey, handler: checkName },
      { matcher: usesChallenge, handler: refuseOtherProofs },
    ],
    after: [{ matcher: isOptionsPath, handler: demandVerification }, refuseFaultyRegistration],
  };
  return { ...plugin, hooks };
}

function isBelow(host: string, rpID: string): boolean {
  return host === rpID || host.endsWith(`.${rpID}`);
}

/** The device states it with each signature (WebAuthn Level 3, section 6.1.3). */
function noteKind(kind: 'singleDevice' | 'multiDevice'): void {
  const context = requestContext.getStore();
  if (context) context.isPasskeySynchronized = kind === 'multiDevice';
}

/**
 * An older session that is stolen cannot register a passkey, which would give permanent
 * access; an administrator who impersonates the user cannot either.
 */
const requireRecentSignIn = createAuthMiddleware(async (ctx) => {
  const session = await getSessionFromCtx(ctx);
  if (session?.session.impersonatedBy) throw new APIError('FORBIDDEN', IMPERSONATED);
  const age = Date.now() - new Date(session?.session.createdAt ?? 0).getTime();
  if (age <= ADDING_WINDOW_MS) return;
  throw new APIError('FORBIDDEN', {
    code: 'SESSION_NOT_FRESH',
    message: 'Sign in again to add a passkey.',
  });
});

function namesPasskey({ path }: { path?: string }): boolean {
  return path !== undefined && NAMING_PATHS.includes(path);
}

/** A name is in lists, in the export and in the audit log. The plugin has no limit. */
const checkName = createAuthMiddleware(({ body }) => {
  if (isPlainText(fieldOf(body, 'name'), 200)) return Promise.resolve();
  throw new APIError('BAD_REQUEST', INVALID_NAME);
});

function usesChallenge({ path }: { path?: string }): boolean {
  return path !== undefined && VERIFYING_PATHS.includes(path);
}

/**
 * The signature of a cookie does not contain its name. The plugin would use up the proof that the
 * cookie of the second step names, and fail to read it as a challenge.
 */
const refuseOtherProofs = createAuthMiddleware(({ context }) => {
  const { internalAdapter } = context;
  const consumeVerificationValue = (identifier: string) =>
    hasUserAsValue(identifier)
      ? Promise.resolve(null)
      : internalAdapter.consumeVerificationValue(identifier);
  context.internalAdapter = { ...internalAdapter, consumeVerificationValue };
  return Promise.resolve();
});

function isOptionsPath({ path }: { path?: string }): boolean {
  return path === OPTIONS_PATH;
}

/** The plugin requests user verification as a preference. Here a response without it is refused. */
const demandVerification = createAuthMiddleware(async (ctx) => {
  const { returned } = ctx.context;
  if (!returned || returned instanceof Error) return;
  return ctx.json({ ...returned, userVerification: 'required' });
});
