import { betterAuth } from 'better-auth';
import { admin, bearer, jwt } from 'better-auth/plugins';
import { adminAc, userAc } from 'better-auth/plugins/admin/access';
import type { Pool } from 'pg';
import { createAuthLogger } from './auth-logger';
import { SESSION_LIFETIME_S, SESSION_UPDATE_AGE_S, type AuthConfig } from './config';
import { AUTH_BASE_PATH, DEFAULT_ROLE, JWKS_PATH } from './contract';
import { RESOLVED_ADDRESS_HEADER } from './http/client-address';
import type { Mailer } from './mail/mailer';
import {
  composeAlreadyRegistered,
  composePasswordReset,
  composeVerification,
} from './mail/messages';
import { ADMIN_MAPPING, JWT_MAPPING, MODEL_MAPPING } from './schema-mapping';
import { createSigningKeyStore } from './signing-key-store';
import { keyPairConfig, SigningKeys } from './signing-keys';
import { BANNED_MESSAGE, toSessionClaims } from './token';
import { checkUserWrite } from './user-policy';
import type { Logger } from '../runtime/logger';
import { StartError } from '../runtime/start-error';

export type Auth = ReturnType<typeof createAuth>;

/**
 * Better-Auth as Gatehouse uses it. What follows from the process' own environment in
 * Better-Auth (tests switch its checks off, production switches them on) is decided here
 * instead, so that every environment runs the same thing.
 */
export function createAuth({ config, pool, logger, mailer }: AuthParts) {
  return betterAuth({
    appName: 'Gatehouse',
    baseURL: config.authUrl,
    basePath: AUTH_BASE_PATH,
    secret: config.betterAuthSecret,
    database: pool,
    // Both processes' own pages are at home here, whatever else is allowed.
    trustedOrigins: [...new Set([config.authUrl, config.apiUrl, ...config.trustedOrigins])],
    ...sessionOptions(),
    account: MODEL_MAPPING.account,
    verification: MODEL_MAPPING.verification,
    user: MODEL_MAPPING.user,
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: config.requireEmailVerification,
      revokeSessionsOnPasswordReset: true,
      customSyntheticUser: likeNewUser,
      ...passwordMails(mailer),
    },
    emailVerification: verificationMails(mailer),
    databaseHooks: {
      user: { create: { before: checkUserWrite }, update: { before: checkUserWrite } },
    },
    plugins: [jwt(jwtOptions({ config, pool })), bearer(), admin(ADMIN_OPTIONS)],
    rateLimit: { enabled: config.production },
    advanced: {
      useSecureCookies: config.authUrl.startsWith('https://'),
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [RESOLVED_ADDRESS_HEADER] },
    },
    telemetry: { enabled: false },
    logger: createAuthLogger(logger),
    // What is not an answer for the caller goes to the error handler of the app.
    onAPIError: { throw: true },
  });
}

export interface AuthParts {
  config: AuthConfig;
  pool: Pool;
  logger: Logger;
  mailer: Mailer;
}

/** The addressee is whoever the database says, never whoever asks. */
function passwordMails(mailer: Mailer) {
  return {
    sendResetPassword: async ({ user, url, token }: { user: User; url: string; token: string }) =>
      mailer.send(composePasswordReset(user, { url, token })),
    onExistingUserSignUp: async ({ user }: { user: User }) =>
      mailer.send(composeAlreadyRegistered(user)),
  };
}

function verificationMails(mailer: Mailer) {
  return {
    sendOnSignIn: true,
    sendVerificationEmail: async ({ user, url }: { user: User; url: string }) =>
      mailer.send(composeVerification(user, url)),
  };
}

interface User {
  email: string;
  name: string;
}

/**
 * Where verification is required, a sign-up with a taken address is answered with a made-up
 * user, which must look like the ones that are really made.
 */
function likeNewUser({ coreFields, id }: { coreFields: object; id: string }) {
  return { ...coreFields, role: DEFAULT_ROLE, id };
}

function sessionOptions() {
  return {
    session: {
      ...MODEL_MAPPING.session,
      expiresIn: SESSION_LIFETIME_S,
      updateAge: SESSION_UPDATE_AGE_S,
      // A session that is ended is ended at once: nothing but the row says that it is in force.
      cookieCache: { enabled: false },
    },
  };
}

const ADMIN_OPTIONS = {
  roles: { admin: adminAc, user: userAc },
  adminRoles: ['admin'],
  defaultRole: DEFAULT_ROLE,
  bannedUserMessage: BANNED_MESSAGE,
  schema: ADMIN_MAPPING,
};

function jwtOptions({ config, pool }: Pick<AuthParts, 'config' | 'pool'>) {
  return {
    jwks: {
      jwksPath: JWKS_PATH,
      keyPairConfig: keyPairConfig(config.jwtAlgorithm),
    },
    jwt: {
      issuer: config.jwtIssuer,
      audience: config.jwtAudience,
      // A number would be a point in time; a token lives for whole seconds.
      expirationTime: `${Math.floor(config.jwtTtl / 1_000)}s`,
      definePayload: toSessionClaims,
    },
    // Rotation and grace are not the plugin's business.
    adapter: createSigningKeyStore(new SigningKeys(config, pool)),
    schema: JWT_MAPPING,
  };
}

/**
 * Better-Auth also reads the environment by itself. What would widen the allow list or
 * change the secret behind the settings' back is refused.
 *
 * @throws {StartError} naming the variable to remove.
 */
export async function refuseHiddenSettings(auth: Auth, config: AuthConfig): Promise<void> {
  const { trustedOrigins, secretConfig } = await auth.$context;
  const known = new Set(auth.options.trustedOrigins);
  if (!trustedOrigins.every((origin) => known.has(origin))) {
    throw new StartError('BETTER_AUTH_TRUSTED_ORIGINS must not be set: use TRUSTED_ORIGINS.');
  }
  if (secretConfig !== config.betterAuthSecret) {
    throw new StartError('BETTER_AUTH_SECRETS must not be set: use BETTER_AUTH_SECRET.');
  }
}
