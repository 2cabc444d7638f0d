import { betterAuth } from 'better-auth';
import { admin, bearer, jwt } from 'better-auth/plugins';
import { adminAc, userAc } from 'better-auth/plugins/admin/access';
import type { Pool } from 'pg';
import { accountChanges, PASSWORD_ORACLE_PATHS } from '../users/account-changes';
import { changeNotices } from '../notices/change-notices';
import { composeProof, emailChanges } from '../users/email-change';
import { machineUsers } from '../users/service-account-users';
import { ownerNotices } from '../notices/requested-notices';
import { type RecoveredUser, removeStrangersKeys } from '../users/recovered-account';
import { auditLog } from '../audit/plugin';
import { createAuthLogger } from '../common/logger';
import { SESSION_LIFETIME_S, SESSION_UPDATE_AGE_S, type AuthConfig } from '../common/config';
import { AUTH_BASE_PATH, DEFAULT_ROLE, JWKS_PATH } from '../../contract';
import {
  ACCOUNT_LINKING,
  checkProviderUser,
  FORGET_PROVIDER_TOKENS,
  PROVIDER_TOKEN_PATHS,
  redirectsAlone,
} from '../federation/account-linking';
import { openIdConnect } from '../federation/openid-connect';
import { socialProviders } from '../federation/options';
import { RESOLVED_ADDRESS_HEADER } from '../common/client-address';
import { exactAddresses } from '../redirects/plugin';
import { evenTimes } from '../limits/even-times';
import type { LimitStore } from '../limits/limit-store';
import { limitsPlugins } from '../limits/plugin';
import type { Mailer } from '../mail/mailer';
import { composePasswordChanged } from '../notices/account-messages';
import { composeAlreadyRegistered, composePasswordReset } from '../mail/messages';
import { composeSecondStepWarning, composeSecurityNotice } from '../notices/security-messages';
import { leadToPage } from '../mail/page-links';
import { authorizationServer } from '../oauth/plugin';
import { passkeys } from '../passkeys/plugin';
import { createPasswords } from '../password/options';
import { ADMIN_MAPPING, JWT_MAPPING, MODEL_MAPPING } from '../common/schema-mapping';
import { createSigningKeyStore } from '../signing-keys/key-store';
import { keyPairConfig, SigningKeys } from '../signing-keys/signing-keys';
import { BANNED_MESSAGE, toSessionClaims } from '../sessions/claims';
import { notices } from '../notices/second-factor-notices';
import { CLOSED_PATHS, secondFactor } from '../second-factor/plugin';
import { secondStep } from '../second-factor/second-step';
import { forgetDevices } from '../second-factor/trusted-devices';
import { sessionHandles } from '../sessions/plugin';
import { checkUserWrite, signUpPolicy } from '../users/user-policy';
import type { Logger } from '../../runtime/logger';
import { StartError } from '../../runtime/start-error';

export type Auth = ReturnType<typeof createAuth>;

/**
 * Better-Auth as Gatehouse uses it. What follows from the process' own environment in
 * Better-Auth (tests switch its checks off, production switches them on) is decided here
 * instead, so that every environment runs the same thing.
 */
export function createAuth({ config, pool, logger, mailer, limitStore = null }: AuthParts) {
  const limits = limitsPlugins(limitStore, config);
  const passwords = createPasswords({ config, pool, logger });
  // Both processes' own pages are at home here, whatever else is allowed.
  const trustedOrigins = [...new Set([config.authUrl, config.apiUrl, ...config.trustedOrigins])];
  return betterAuth({
    appName: 'Gatehouse',
    baseURL: config.authUrl,
    basePath: AUTH_BASE_PATH,
    secret: config.betterAuthSecret,
    database: pool,
    trustedOrigins,
    ...sessionOptions(),
    socialProviders: socialProviders(config),
    account: { ...MODEL_MAPPING.account, ...ACCOUNT_LINKING },
    verification: MODEL_MAPPING.verification,
    user: {
      ...MODEL_MAPPING.user,
      ...emailChanges(mailer),
      validateUserInfo: checkProviderUser,
    },
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: config.requireEmailVerification,
      ...passwords.options,
      revokeSessionsOnPasswordReset: true,
      customSyntheticUser: likeNewUser,
      onPasswordReset: async ({ user }: { user: User & RecoveredUser }, request?: Request) => {
        await forgetDevices(pool, user.id);
        await removeStrangersKeys(pool, { user, request });
        await mailer.send(composePasswordChanged(user));
      },
      ...passwordMails(mailer, config),
    },
    emailVerification: verificationMails(mailer, config),
    databaseHooks: {
      user: { create: { before: checkUserWrite }, update: { before: checkUserWrite } },
      account: FORGET_PROVIDER_TOKENS,
    },
    plugins: [
      ...limits.first,
      exactAddresses(trustedOrigins),
      signUpPolicy,
      passwords.plugin,
      jwt(jwtOptions({ config, pool })),
      // Before bearer, which hands out the session that a first step alone is not worth.
      secondFactor({ pool, warn: async (user) => mailer.send(composeSecondStepWarning(user)) }),
      bearer(),
      admin(ADMIN_OPTIONS),
      ...authorizationServer(config, pool),
      secondStep({ pool }),
      passkeys(config),
      notices({ tell: async (owner, what) => mailer.send(composeSecurityNotice(owner, what)) }),
      ...openIdConnect({ config, logger }),
      redirectsAlone,
      accountChanges(mailer),
      changeNotices(mailer),
      ownerNotices(mailer),
      machineUsers(),
      sessionHandles,
      ...limits.last,
      // Last: it goes by the answer that leaves.
      auditLog(pool),
      evenTimes(config),
    ],
    disabledPaths: [...CLOSED_PATHS, ...PROVIDER_TOKEN_PATHS, ...PASSWORD_ORACLE_PATHS],
    // Ours see more: accounts, all auth servers, what came of an attempt.
    rateLimit: { enabled: false },
    advanced: {
      useSecureCookies: config.authUrl.startsWith('https://'),
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [RESOLVED_ADDRESS_HEADER] },
    },
    telemetry: { enabled: false },
    logger: createAuthLogger(logger),
    // What is not an answer for the caller goes to the error handler of the app.
    onAPIError: { throw: true, errorURL: `${config.authUrl}/error` },
  });
}

export interface AuthParts {
  config: AuthConfig;
  pool: Pool;
  logger: Logger;
  mailer: Mailer;
  /** Where attempts are counted; without it there are no limits. */
  limitStore?: LimitStore | null;
}

/** The addressee is whoever the database says, never whoever asks. */
function passwordMails(mailer: Mailer, { authUrl }: AuthConfig) {
  return {
    sendResetPassword: async ({ user, url, token }: { user: User; url: string; token: string }) =>
      mailer.send(
        composePasswordReset(user, { url: leadToPage(url, `${authUrl}/reset-password`), token }),
      ),
    onExistingUserSignUp: async ({ user }: { user: User }) =>
      mailer.send(composeAlreadyRegistered(user)),
  };
}

function verificationMails(mailer: Mailer, { authUrl }: AuthConfig) {
  return {
    sendOnSignIn: true,
    sendVerificationEmail: async (proof: { user: User; url: string; token: string }) =>
      mailer.send(
        composeProof(proof.user, {
          ...proof,
          url: leadToPage(proof.url, `${authUrl}/email-verified`),
        }),
      ),
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
  return { ...coreFields, role: DEFAULT_ROLE, twoFactorEnabled: false, id };
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
