import type { Pool } from 'pg';
import type { Admission } from '../admission/admission';
import type { SignInMetrics } from '../audit/sign-in-metrics';
import type { AuthConfig } from '../common/config';
import { connectionsOf } from '../common/database';
import { createAuthLogger } from '../common/logger';
import { RESOLVED_ADDRESS_HEADER } from '../common/request-origin';
import { toSecretOptions } from '../common/secrets';
import { STORED_IDENTIFIERS } from '../common/stored-hashes';
import { AUTH_BASE_PATH } from '../../contract';
import {
  ACCOUNT_LINKING,
  checkProviderUser,
  FORGET_PROVIDER_TOKENS,
  PROVIDER_TOKEN_PATHS,
  socialProviders,
} from '../federation/options';
import type { LimitStore } from '../limits/limit-store';
import type { Mailer } from '../mail/mailer';
import type { createPasswordOptions } from '../password/options';
import { CLOSED_PATHS } from '../second-factor/options';
import { SESSION_HOOKS, SESSION_OPTIONS } from '../sessions/options';
import {
  ACCOUNT_MAPPING,
  CLOSED_USER_PATHS,
  passwordMails,
  toSyntheticUser,
  USER_HOOKS,
  userOptions,
  VERIFICATION_MAPPING,
  verificationMails,
  verifyMailedAddress,
} from '../users/options';
import { notifyPasswordChanged } from '../notices/options';
import type { UserContact } from '../common/user-contact';
import type { Logger } from '../../runtime/logger';

export interface AuthParts {
  config: AuthConfig;
  pool: Pool;
  logger: Logger;
  mailer: Mailer;
  /** Counts attempts. Without it there are no limits. */
  limitStore?: LimitStore | null;
  /** Admits requests to their work. */
  admission?: Admission;
  /** Counts sign-ins. */
  signInMetrics?: SignInMetrics;
}

type PasswordOptions = ReturnType<typeof createPasswordOptions>['options'];

/**
 * Better-Auth's options without the plugins. Better-Auth derives some checks from `NODE_ENV`;
 * here each is set, so that all environments behave alike.
 */
export function toOptions(parts: AuthParts, passwords: PasswordOptions) {
  const { config, pool, logger, mailer } = parts;
  return {
    appName: 'Gatehouse',
    baseURL: config.authUrl,
    basePath: AUTH_BASE_PATH,
    ...toSecretOptions(config),
    database: connectionsOf(pool) as Pool,
    trustedOrigins: trustedOriginsOf(config),
    session: SESSION_OPTIONS,
    socialProviders: socialProviders(config),
    account: { ...ACCOUNT_MAPPING, ...ACCOUNT_LINKING },
    verification: {
      ...VERIFICATION_MAPPING,
      storeIdentifier: STORED_IDENTIFIERS,
      // It compares with the clock of this process, for the rows of all auth servers.
      disableCleanup: true,
    },
    user: { ...userOptions(mailer, config), validateUserInfo: checkProviderUser },
    emailAndPassword: emailAndPassword(parts, passwords),
    emailVerification: verificationMails(mailer, config),
    databaseHooks: {
      user: USER_HOOKS,
      account: FORGET_PROVIDER_TOKENS,
      session: SESSION_HOOKS,
    },
    disabledPaths: [...CLOSED_PATHS, ...PROVIDER_TOKEN_PATHS, ...CLOSED_USER_PATHS],
    // The limits of Gatehouse also see accounts, all auth servers, and the result of an attempt.
    rateLimit: { enabled: false },
    advanced: {
      // A session is read with its user, and a user with the accounts, by one statement.
      database: { joins: true },
      useSecureCookies: config.authUrl.startsWith('https://'),
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [RESOLVED_ADDRESS_HEADER] },
    },
    telemetry: { enabled: false },
    logger: createAuthLogger(logger),
    // Errors that are not an answer reach the error handler of the app.
    onAPIError: { throw: true, errorURL: `${config.authUrl}/error` },
  };
}

/** The pages of both processes are always trusted. */
export function trustedOriginsOf({ authUrl, apiUrl, trustedOrigins }: AuthConfig): string[] {
  return [...new Set([authUrl, apiUrl, ...trustedOrigins])];
}

function emailAndPassword({ config, pool, mailer }: AuthParts, passwords: PasswordOptions) {
  return {
    enabled: true,
    requireEmailVerification: config.requireEmailVerification,
    ...passwords,
    revokeSessionsOnPasswordReset: true,
    customSyntheticUser: toSyntheticUser,
    onPasswordReset: async (reset: Reset) => {
      await verifyMailedAddress(pool, reset.user);
      await notifyPasswordChanged(mailer, reset.user);
    },
    ...passwordMails(mailer, config),
  };
}

interface Reset {
  user: UserContact & { id: string };
}
