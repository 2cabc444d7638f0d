import type { BetterAuthPlugin } from 'better-auth';
import { bearer } from 'better-auth/plugins';
import { type AuthParts, trustedOriginsOf } from './options';
import { Admission, passwordAdmission } from '../admission/plugin';
import { auditLog } from '../audit/plugin';
import { toCipherKey } from '../common/secrets';
import { repeatedTransactions } from './repeated-transactions';
import {
  openIdConnect,
  providerLimits,
  redirectsOnly,
  withoutAdditionalData,
} from '../federation/plugin';
import { parsedInput } from '../input/plugin';
import { equalTimes, limitsPlugins } from '../limits/plugin';
import { notices } from '../notices/plugin';
import { authorizationServer } from '../oauth/plugin';
import { checkNewPasskeys, passkeys } from '../passkeys/plugin';
import { type PasswordParts, passwordRules } from '../password/plugin';
import { exactAddresses } from '../redirects/plugin';
import {
  checkNewFactors,
  checkNewRecoveryCodes,
  secondFactor,
  secondStep,
} from '../second-factor/plugin';
import { decisionBasis, sessionHandles, sessionsInForce } from '../sessions/plugin';
import { sharedSignals } from '../shared-signals/plugin';
import { accessTokens, sessionToken, tokenOfBegunSession } from '../signing-keys/plugin';
import { accounts, administration, signUpPolicy } from '../users/plugin';
import { PreparedQueries } from '../../runtime/database/prepared-statements';

type PhaseParts = AuthParts & Pick<PasswordParts, 'hasher'>;

/** Plugins that stand together in the order of hooks. */
interface Phase<Plugin extends BetterAuthPlugin = BetterAuthPlugin> {
  name: string;
  plugins: Plugin[];
}

/**
 * The plugins of Better-Auth, in the order in which it runs their hooks. All hooks before an
 * endpoint see the unchanged request, and the first that refuses ends it. The hooks after
 * an endpoint run one after the other, and each sees the answer that the former one left.
 * test/assembly/plugin-order.spec.ts shows what each order prevents.
 */
export function createPhases(parts: PhaseParts) {
  const { config, pool, mailer, logger, limitStore = null, signInMetrics } = parts;
  const { admission = new Admission(config) } = parts;
  const tokens = accessTokens(config, pool);
  const statements = new PreparedQueries(() => pool);
  const key = toCipherKey(config);
  const limits = limitsPlugins(limitStore, { ...config, pool });
  return [
    // First: all other hooks read the fields that the schema of the endpoint has accepted.
    phase('input', [parsedInput(config)]),
    // Any place before the password rules. Here a request that waits or is refused causes no query.
    phase('password admission', [passwordAdmission(admission)]),
    // Before all hooks that read rows: the snapshot is taken here.
    phase('decision basis', [decisionBasis(pool)]),
    // Any place: it changes the adapter.
    phase('transactions', [repeatedTransactions]),
    // Any place: it changes the adapter.
    phase('sessions in force', [sessionsInForce]),
    // Before the redirects: a request that a later phase refuses is counted too.
    phase('limits', limits.requests),
    // Before the password rules: a request from a foreign origin does not reach the service of breached passwords.
    phase('redirects', [exactAddresses(trustedOriginsOf(config))]),
    // Any place between the redirects and the limit outcomes.
    phase('new accounts', [signUpPolicy, passwordRules(parts)]),
    // Any place: the plugin adds endpoints, and its hook acts on `/get-session` only.
    phase('access tokens', [tokens.plugin]),
    // After the limits: it answers the request. Before bearer, which has nothing to do then.
    phase('token of a session', [sessionToken(tokens.signer, statements)]),
    // Before bearer and the authorization server: it takes back the session of the first step.
    phase('second factor', [secondFactor({ pool, mailer, key })]),
    // After the second factor: it hands out the session that an answer begins.
    phase('bearer', [bearer()]),
    // Any place: roles and bans act in endpoints and database hooks.
    phase('administration', [administration()]),
    // Before the authorization server, which makes the session that begins the one of the request:
    // a sign-in would end the other sessions, as a first code does.
    phase('second step', [
      secondStep({ pool }),
      checkNewFactors(pool),
      checkNewRecoveryCodes(pool, key),
    ]),
    // After the second factor: a session that begins resumes the authorization of a client.
    phase('authorization server', authorizationServer(config, pool)),
    // Any place: the plugin adds endpoints.
    phase('shared signals', [sharedSignals(config, pool)]),
    // Any place: its hooks act on its own endpoints.
    phase('passkeys', [passkeys(config), checkNewPasskeys(pool)]),
    // Any place: its hooks act before the endpoints that begin and end a sign-in with a provider.
    phase('providers', [
      providerLimits,
      ...openIdConnect({ config, logger }),
      redirectsOnly,
      withoutAdditionalData,
    ]),
    // Any place: no other plugin has hooks at these endpoints. The order inside matters.
    phase('accounts', accounts(config, pool)),
    // Any place: the hooks run after an endpoint, read its answer and send mails.
    phase('notices', notices(mailer, pool)),
    // Before the audit log: the end of an impersonation can replace the answer.
    phase('sessions', [sessionHandles]),
    // After all hooks that can refuse a request: a password that no endpoint checks is not counted.
    phase('password limit', limits.passwords),
    // After the second factor: a session that the first step ends does not make the source
    // known.
    phase('limit outcomes', limits.outcomes),
    // After all phases that change an answer for clients: it records the answer that is sent.
    phase('audit log', [auditLog(pool, signInMetrics)]),
    // After the audit log, whose event is written while the session exists. What ends the session
    // until then is seen here.
    phase('token of the begun session', [tokenOfBegunSession(tokens.signer, statements)]),
    // Last: the equal time of an answer includes the time of all other phases.
    phase('equal times', [equalTimes(config)]),
  ];
}

function phase<Plugin extends BetterAuthPlugin>(name: string, plugins: Plugin[]): Phase<Plugin> {
  return { name, plugins };
}

/** The types of the plugins remain: Better-Auth derives its API from them. */
export function toPlugins<P extends Phase>(phases: P[]): P['plugins'][number][] {
  return phases.flatMap(({ plugins }) => plugins);
}
