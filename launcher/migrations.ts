import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { DataSource, MigrationExecutor } from 'typeorm';
import { INSTALLED_FEATURES, LOCKS } from '../contract';
import { CreateAuthTables1795412400000 } from '../migrations/1795412400000-CreateAuthTables';
import { AnnounceAccessChanges1795413000000 } from '../migrations/1795413000000-AnnounceAccessChanges';
import { KeepImpersonationShort1795413100000 } from '../migrations/1795413100000-KeepImpersonationShort';
import { CreateAuditLog1795420000000 } from '../migrations/1795420000000-CreateAuditLog';
import { CreateInstallationSecret1795421000000 } from '../migrations/1795421000000-CreateInstallationSecret';
import { CreateIdempotencyKeys1795421001000 } from '../migrations/1795421001000-CreateIdempotencyKeys';
import { IndexUserList1795421002000 } from '../migrations/1795421002000-IndexUserList';
import { EndPasswordLinks1795422000000 } from '../migrations/1795422000000-EndPasswordLinks';
import { CreateSecondFactorTables1795423000000 } from '../migrations/1795423000000-CreateSecondFactorTables';
import { CreateMailQueue1795424000000 } from '../migrations/1795424000000-CreateMailQueue';
import { CreateRateLimits1795424010000 } from '../migrations/1795424010000-CreateRateLimits';
import { CreateOAuthTables1795425000000 } from '../migrations/1795425000000-CreateOAuthTables';
import { AnnounceClientChanges1795425001000 } from '../migrations/1795425001000-AnnounceClientChanges';
import { GuardAuditLog1795426000000 } from '../migrations/1795426000000-GuardAuditLog';
import { EndOAuthGrants1795428000000 } from '../migrations/1795428000000-EndOAuthGrants';
import { EndImpersonations1795429000000 } from '../migrations/1795429000000-EndImpersonations';
import { EndSessionsWithCredentials1795430000000 } from '../migrations/1795430000000-EndSessionsWithCredentials';
import { EndSignInsWithRemovedCredentials1795430001000 } from '../migrations/1795430001000-EndSignInsWithRemovedCredentials';
import { EndSessionsOfBannedUsers1795430002000 } from '../migrations/1795430002000-EndSessionsOfBannedUsers';
import { KeepAnAdministrator1795430003000 } from '../migrations/1795430003000-KeepAnAdministrator';
import { LimitImpersonations1795430004000 } from '../migrations/1795430004000-LimitImpersonations';
import { EndGrantsWithTheirBasis1795430005000 } from '../migrations/1795430005000-EndGrantsWithTheirBasis';
import { DropSecurityDefiner1795430006000 } from '../migrations/1795430006000-DropSecurityDefiner';
import { IndexVerificationValues1795435000000 } from '../migrations/1795435000000-IndexVerificationValues';
import { AnnounceProfileChanges1795440000000 } from '../migrations/1795440000000-AnnounceProfileChanges';
import { CreateAuditRepeats1795450000000 } from '../migrations/1795450000000-CreateAuditRepeats';
import { KeepUsersReadable1795451000000 } from '../migrations/1795451000000-KeepUsersReadable';
import { BoundSessions1795460000000 } from '../migrations/1795460000000-BoundSessions';
import { BoundSignInMethods1795460001000 } from '../migrations/1795460001000-BoundSignInMethods';
import { EndProofsWithCredentials1795460002000 } from '../migrations/1795460002000-EndProofsWithCredentials';
import { SeparateProofs1795461000000 } from '../migrations/1795461000000-SeparateProofs';
import { AnnounceFirstPartyClients1795466000000 } from '../migrations/1795466000000-AnnounceFirstPartyClients';
import { RecordAccessEvents1795465000000 } from '../migrations/1795465000000-RecordAccessEvents';
import { KeepBulkChangesLinear1795467000000 } from '../migrations/1795467000000-KeepBulkChangesLinear';
import { CreateReadinessProbe1795468000000 } from '../migrations/1795468000000-CreateReadinessProbe';
import { CreateResourceServers1795469000000 } from '../migrations/1795469000000-CreateResourceServers';
import { CreateEventStreams1795470000000 } from '../migrations/1795470000000-CreateEventStreams';
import { DescribeChangedCredentials1795470100000 } from '../migrations/1795470100000-DescribeChangedCredentials';
import { RecordAuthenticationMethods1795689000000 } from '../migrations/1795689000000-RecordAuthenticationMethods';
import { KeepOneConsent1795689100000 } from '../migrations/1795689100000-KeepOneConsent';
import { AwaitNewClients1795689101000 } from '../migrations/1795689101000-AwaitNewClients';
import { CheckNewPasskeys1795689102000 } from '../migrations/1795689102000-CheckNewPasskeys';
import { KeepASignInMethod1795700000000 } from '../migrations/1795700000000-KeepASignInMethod';
import { BoundTimes1795700001000 } from '../migrations/1795700001000-BoundTimes';
import { EmptyResourceScopes1795700002000 } from '../migrations/1795700002000-EmptyResourceScopes';
import { RequireClientKeys1795700200000 } from '../migrations/1795700200000-RequireClientKeys';
import { RecordRemovedAccess1795700300000 } from '../migrations/1795700300000-RecordRemovedAccess';
import { DescribeGrantsAndCredentials1795700301000 } from '../migrations/1795700301000-DescribeGrantsAndCredentials';
import { TellStreamStatus1795700302000 } from '../migrations/1795700302000-TellStreamStatus';
import { ShowNamesAsWritten1795800000000 } from '../migrations/1795800000000-ShowNamesAsWritten';
import { KeepSignInMethods1795800001000 } from '../migrations/1795800001000-KeepSignInMethods';
import { RecordCreatingTransaction1795800200000 } from '../migrations/1795800200000-RecordCreatingTransaction';
import { CheckNewRefreshTokens1795801100000 } from '../migrations/1795801100000-CheckNewRefreshTokens';
import { CheckNewProviderAccounts1795801101000 } from '../migrations/1795801101000-CheckNewProviderAccounts';
import { RefuseOldSnapshots1795802000000 } from '../migrations/1795802000000-RefuseOldSnapshots';
import { KeepTriggersUncompiled1795803000000 } from '../migrations/1795803000000-KeepTriggersUncompiled';
import { KeepEndsOfAccess1795804000000 } from '../migrations/1795804000000-KeepEndsOfAccess';
import { DateCredentialChanges1795804001000 } from '../migrations/1795804001000-DateCredentialChanges';
import { KeepEndedSessions1795805000000 } from '../migrations/1795805000000-KeepEndedSessions';
import { VerifyEnabledSecondFactors1795806000000 } from '../migrations/1795806000000-VerifyEnabledSecondFactors';
import { DeleteProofsWithUsers1795807000000 } from '../migrations/1795807000000-DeleteProofsWithUsers';
import { KeepSecondFactorsWhole1795808000000 } from '../migrations/1795808000000-KeepSecondFactorsWhole';
import { SelectRowsOnce1795809000000 } from '../migrations/1795809000000-SelectRowsOnce';
import { KeepNewBans1795810000000 } from '../migrations/1795810000000-KeepNewBans';
import { EndGrantsInBoundedTime1795811000000 } from '../migrations/1795811000000-EndGrantsInBoundedTime';
import { LockStateOnce1795811001000 } from '../migrations/1795811001000-LockStateOnce';
import { ReadTokensByPages1795811002000 } from '../migrations/1795811002000-ReadTokensByPages';
import { KeepReloadOfTransaction1795812000000 } from '../migrations/1795812000000-KeepReloadOfTransaction';
import { KeepSecondFactorRows1795812001000 } from '../migrations/1795812001000-KeepSecondFactorRows';
import { KeepEndedGrants1795813500000 } from '../migrations/1795813500000-KeepEndedGrants';
import { EndImpersonationsWithTheirSession1795814500000 } from '../migrations/1795814500000-EndImpersonationsWithTheirSession';
import { EndImpersonationsInTime1795815000000 } from '../migrations/1795815000000-EndImpersonationsInTime';
import { EndGrantsOfClientsAtOnce1795817000000 } from '../migrations/1795817000000-EndGrantsOfClientsAtOnce';
import { RecoverAccounts1795818000000 } from '../migrations/1795818000000-RecoverAccounts';
import { BeginClientsOnce1795819000000 } from '../migrations/1795819000000-BeginClientsOnce';
import { IndexFewUsers1795820000000 } from '../migrations/1795820000000-IndexFewUsers';
import { RemoveScopesInBoundedTime1795821000000 } from '../migrations/1795821000000-RemoveScopesInBoundedTime';
import { KeepOwnerNotices1795822000000 } from '../migrations/1795822000000-KeepOwnerNotices';
import { RaiseGenerationsOnly1795823000000 } from '../migrations/1795823000000-RaiseGenerationsOnly';
import { grantPrivileges } from './database-grants';
import { APPLICATION_NAME, LimitLockWaits, repeatWhileLocked } from './lock-waits';
import { alignRoles } from './role-constraint';
import { explainRefusal, MigrationError, toConnectError } from './migration-error';
import { describeNewer, findNewerMigrations, timestampOf } from './newer-schema';
import { enableTriggers } from './trigger-repair';
import { refuseOldServer } from '../runtime/database/check/server-version';

/** The migrations of Gatehouse, oldest first. Class references need no glob and no path. */
const OWN_MIGRATIONS = [
  CreateAuthTables1795412400000,
  AnnounceAccessChanges1795413000000,
  KeepImpersonationShort1795413100000,
  CreateAuditLog1795420000000,
  CreateInstallationSecret1795421000000,
  CreateIdempotencyKeys1795421001000,
  IndexUserList1795421002000,
  EndPasswordLinks1795422000000,
  CreateSecondFactorTables1795423000000,
  CreateMailQueue1795424000000,
  CreateRateLimits1795424010000,
  CreateOAuthTables1795425000000,
  AnnounceClientChanges1795425001000,
  GuardAuditLog1795426000000,
  EndOAuthGrants1795428000000,
  EndImpersonations1795429000000,
  EndSessionsWithCredentials1795430000000,
  EndSignInsWithRemovedCredentials1795430001000,
  EndSessionsOfBannedUsers1795430002000,
  KeepAnAdministrator1795430003000,
  LimitImpersonations1795430004000,
  EndGrantsWithTheirBasis1795430005000,
  DropSecurityDefiner1795430006000,
  IndexVerificationValues1795435000000,
  AnnounceProfileChanges1795440000000,
  CreateAuditRepeats1795450000000,
  KeepUsersReadable1795451000000,
  BoundSessions1795460000000,
  BoundSignInMethods1795460001000,
  EndProofsWithCredentials1795460002000,
  SeparateProofs1795461000000,
  AnnounceFirstPartyClients1795466000000,
  RecordAccessEvents1795465000000,
  KeepBulkChangesLinear1795467000000,
  CreateReadinessProbe1795468000000,
  CreateResourceServers1795469000000,
  CreateEventStreams1795470000000,
  DescribeChangedCredentials1795470100000,
  RecordAuthenticationMethods1795689000000,
  KeepOneConsent1795689100000,
  AwaitNewClients1795689101000,
  CheckNewPasskeys1795689102000,
  KeepASignInMethod1795700000000,
  BoundTimes1795700001000,
  EmptyResourceScopes1795700002000,
  RequireClientKeys1795700200000,
  RecordRemovedAccess1795700300000,
  DescribeGrantsAndCredentials1795700301000,
  TellStreamStatus1795700302000,
  ShowNamesAsWritten1795800000000,
  KeepSignInMethods1795800001000,
  RecordCreatingTransaction1795800200000,
  CheckNewRefreshTokens1795801100000,
  CheckNewProviderAccounts1795801101000,
  RefuseOldSnapshots1795802000000,
  KeepTriggersUncompiled1795803000000,
  KeepEndsOfAccess1795804000000,
  DateCredentialChanges1795804001000,
  KeepEndedSessions1795805000000,
  VerifyEnabledSecondFactors1795806000000,
  DeleteProofsWithUsers1795807000000,
  KeepSecondFactorsWhole1795808000000,
  SelectRowsOnce1795809000000,
  KeepNewBans1795810000000,
  EndGrantsInBoundedTime1795811000000,
  LockStateOnce1795811001000,
  ReadTokensByPages1795811002000,
  KeepReloadOfTransaction1795812000000,
  KeepSecondFactorRows1795812001000,
  KeepEndedGrants1795813500000,
  EndImpersonationsWithTheirSession1795814500000,
  EndImpersonationsInTime1795815000000,
  EndGrantsOfClientsAtOnce1795817000000,
  RecoverAccounts1795818000000,
  BeginClientsOnce1795819000000,
  IndexFewUsers1795820000000,
  RemoveScopesInBoundedTime1795821000000,
  KeepOwnerNotices1795822000000,
  RaiseGenerationsOnly1795823000000,
];

/** Every migration, of Gatehouse and of the features, oldest first. */
export const MIGRATIONS = [
  ...OWN_MIGRATIONS,
  ...INSTALLED_FEATURES.flatMap(({ migrations = [] }) => migrations),
].sort((one, other) => timestampOf(one.name) - timestampOf(other.name));

const NAMES = MIGRATIONS.map(({ name }) => name);

const CONNECT_LIMIT_MS = 5_000;
/** How long other processes wait for the holder of the lock. */
const LOCK_WAIT_LIMIT_MS = 120_000;
const LOCK_POLL_MS = 100;

interface MigrationRun {
  /** Is told the name of each migration once all of them are applied. */
  onApplied?: (name: string) => void;
  /** For an operator: what the run waits for or leaves out. */
  warn?: (line: string) => void;
  /** How long a step is repeated while other processes hold locks that it needs. */
  lockLimitMs?: number;
  /** For a database whose roles have no privileges yet. */
  refuseNewer?: boolean;
}

/**
 * Applies what is pending, brings the constraint of the users' roles in line with the features,
 * enables triggers that a restore left as ordinary ones, and gives the database roles of the
 * processes their privileges. Many may call it at once, in any number of processes:
 * one applies, the others wait and find nothing left to do. An older version changes neither
 * migrations nor roles and privileges of a newer schema, and may start in front of it.
 *
 * @param databaseUrl a direct connection: the lock belongs to a session, which a pooler in
 *   transaction mode does not keep.
 * @returns how many migrations were applied.
 * @throws {MigrationError} within seconds when the database cannot be reached; when it refuses a
 *   statement; when the schema is newer, if this is refused; when users have a role that no feature
 *   declares; when another process holds a lock for longer than the limit.
 * @throws {StartError} when PostgreSQL is too old.
 */
export function runMigrations(
  databaseUrl: string,
  { onApplied = () => {}, warn = () => {}, lockLimitMs, refuseNewer = false }: MigrationRun = {},
): Promise<number> {
  return whileLocked(databaseUrl, async (dataSource, observer) => {
    const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
    // A version that has migrations to apply is no older one.
    const newer = pending.length === 0 ? await findNewerMigrations(dataSource, NAMES) : [];
    if (newer.length > 0 && refuseNewer) throw new MigrationError(describeNewer(newer));
    if (newer.length > 0) warn(describeNewer(newer));
    const apply = async () => {
      await dataSource.runMigrations({ transaction: 'each' });
      if (newer.length === 0) await alignRoles(dataSource);
      await enableTriggers(dataSource);
      if (newer.length === 0) await grantPrivileges(dataSource);
    };
    const countSteps = () => countApplied(dataSource);
    await repeatWhileLocked(apply, { observer, warn, limitMs: lockLimitMs, countSteps });
    for (const { name } of pending) onApplied(name);
    return pending.length;
  });
}

/**
 * Reverts the newest migration, under the same lock. @returns its name, or `null` when there was
 * none. @throws {MigrationError} within seconds when the database is unreachable, and when the
 * migration belongs to a newer version.
 */
export function revertLastMigration(
  databaseUrl: string,
  { warn = () => {} }: MigrationRun = {},
): Promise<string | null> {
  return whileLocked(databaseUrl, async (dataSource, observer) => {
    const [newest] = await new MigrationExecutor(dataSource).getExecutedMigrations();
    if (!newest) return null;
    const [newer] = await findNewerMigrations(dataSource, NAMES);
    if (newer !== undefined) throw new MigrationError(`${newer} was applied by a newer version`);
    const undo = () => dataSource.undoLastMigration({ transaction: 'each' });
    await repeatWhileLocked(undo, { observer, warn, countSteps: () => countApplied(dataSource) });
    return newest.name;
  });
}

async function countApplied(dataSource: DataSource): Promise<number> {
  return (await new MigrationExecutor(dataSource).getExecutedMigrations()).length;
}

/** @returns the names of the migrations that are not applied, oldest first. */
export function listPendingMigrations(databaseUrl: string): Promise<string[]> {
  return whileLocked(databaseUrl, async (dataSource) => {
    const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
    return pending.map(({ name }) => name);
  });
}

async function whileLocked<T>(
  databaseUrl: string,
  change: (dataSource: DataSource, lock: Client) => Promise<T>,
): Promise<T> {
  const lock = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    application_name: APPLICATION_NAME,
  });
  // Without a listener, a connection error between two queries would end the process.
  lock.on('error', () => {});
  try {
    await takeLock(lock);
    await refuseOldServer(async (sql) => (await lock.query<object>(sql)).rows);
    return await withDataSource(databaseUrl, (dataSource) => change(dataSource, lock));
  } catch (error) {
    throw explainRefusal(error);
  } finally {
    await lock.end().catch(() => {});
  }
}

async function takeLock(lock: Client): Promise<void> {
  try {
    await lock.connect();
  } catch (error) {
    throw toConnectError(error);
  }
  // A statement that waits for the lock would keep a snapshot, and CREATE INDEX CONCURRENTLY of the
  // holder waits for every older snapshot.
  const deadline = performance.now() + LOCK_WAIT_LIMIT_MS;
  while (!(await tryLock(lock))) {
    if (performance.now() > deadline) {
      throw new MigrationError(
        `another process has held the migration lock for ${LOCK_WAIT_LIMIT_MS / 1_000} s`,
      );
    }
    await pause(LOCK_POLL_MS);
  }
}

async function tryLock(lock: Client): Promise<boolean> {
  const { rows } = await lock.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS taken',
    [LOCKS.migrations],
  );
  return rows[0]!.taken;
}

async function withDataSource<T>(
  databaseUrl: string,
  change: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: APPLICATION_NAME,
    connectTimeoutMS: CONNECT_LIMIT_MS,
    migrations: MIGRATIONS,
    subscribers: [LimitLockWaits],
  });
  await dataSource.initialize();
  try {
    return await change(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
