import { randomBytes } from 'node:crypto';
import { isAPIError } from 'better-auth/api';
import type { Pool, PoolClient } from 'pg';
import { writeAuditEvent } from '../audit/audit-writer';
import { parseHash } from '../password/hash-format';
import { HashFormatError } from '../password/password-hash';
import { checkUserWrite } from '../users/user-policy';
import { readFileLines } from './file-lines';
import { LineError, type LineOptions, parseLine, type UserLine } from './user-line';
import { SYSTEM } from '../../contract';
import { findServerError, isValueRefused } from '../../runtime/database/database-errors';
import { repeatOnConflict } from '../../runtime/database/repeated-transaction';

/** Lines of one transaction. */
const BATCH = 200;

export interface ImportOptions extends LineOptions {
  file: string;
  /** Checks every line and writes nothing. */
  isDryRun: boolean;
  /** Writes a line to the terminal. */
  print: (line: string) => void;
}

export interface ImportResult {
  created: number;
  /** Users that exist already, from an earlier run. */
  skipped: number;
  /** Lines that were refused. */
  failed: number;
}

interface NumberedUser {
  lineNumber: number;
  user: UserLine;
}

/** What became of a line. */
type Outcome = 'created' | 'skipped' | { reason: string };

const FIND = `
  SELECT id, email, email_verified AS "isVerified" FROM "user"
   WHERE email = $1 OR id = $2 LIMIT 2`;

const INSERT_USER = `
  INSERT INTO "user" (id, name, email, email_verified, image, role, banned, ban_reason,
                      ban_expires, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, now()), now())`;

const INSERT_ACCOUNT = `
  INSERT INTO account (id, user_id, account_id, provider_id, password)
  VALUES ($1, $2, $2, 'credential', $3)`;

/**
 * Imports users of a file with one JSON object in each line. A user whose e-mail address or id
 * exists already is left alone, so an interrupted import is run again.
 */
export async function importUsers(pool: Pool, options: ImportOptions): Promise<ImportResult> {
  const result: ImportResult = { created: 0, skipped: 0, failed: 0 };
  const run = new ImportRun(pool, { options, result });
  for await (const line of readFileLines(options.file)) {
    if ('problem' in line) run.refuse(line.number, line.problem);
    else if (line.text.trim() !== '') await run.add(line.text, line.number);
  }
  await run.flush();
  return result;
}

interface RunParts {
  options: ImportOptions;
  result: ImportResult;
}

class ImportRun {
  private batch: NumberedUser[] = [];

  constructor(
    private readonly pool: Pool,
    private readonly parts: RunParts,
  ) {}

  async add(line: string, lineNumber: number): Promise<void> {
    const { options } = this.parts;
    try {
      const user = await checkUser(parseLine(line, options));
      this.batch.push({ lineNumber, user });
    } catch (error) {
      this.refuse(lineNumber, explain(error));
    }
    if (this.batch.length >= BATCH) await this.flush();
  }

  /**
   * A batch is one transaction: an interrupted import leaves whole batches. When two imports wait for
   * each other, PostgreSQL rolls one of the transactions back, and its batch is repeated.
   */
  async flush(): Promise<void> {
    const { batch } = this;
    this.batch = [];
    if (batch.length === 0) return;
    const outcomes = await repeatOnConflict(() => this.writeAll(batch));
    for (const [index, outcome] of outcomes.entries()) this.count(batch[index]!, outcome);
    this.report(batch.at(-1)!.lineNumber);
  }

  private async writeAll(batch: NumberedUser[]): Promise<Outcome[]> {
    const client = await this.pool.connect();
    const outcomes: Outcome[] = [];
    try {
      await client.query('BEGIN');
      for (const { user } of batch) {
        outcomes.push((await findExisting(client, user)) ?? (await create(client, user)));
      }
      await client.query(this.parts.options.isDryRun ? 'ROLLBACK' : 'COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      throw error;
    } finally {
      client.release();
    }
    return outcomes;
  }

  private count({ lineNumber }: NumberedUser, outcome: Outcome): void {
    if (typeof outcome === 'object') this.refuse(lineNumber, outcome.reason);
    else this.parts.result[outcome] += 1;
  }

  refuse(lineNumber: number, reason: string): void {
    this.parts.result.failed += 1;
    this.parts.options.print(`line ${lineNumber}: ${reason}`);
  }

  private report(lineNumber: number): void {
    const { created, skipped, failed } = this.parts.result;
    const verb = this.parts.options.isDryRun ? 'to create' : 'created';
    this.parts.options.print(
      `up to line ${lineNumber}: ${created} ${verb}, ${skipped} exist, ${failed} refused`,
    );
  }
}

interface ExistingUser {
  id: string;
  email: string;
  isVerified: boolean;
}

/**
 * The owner of a verified address of the file is another person than the one who signed up with it
 * and did not verify it. Silence would lose the password of the owner.
 *
 * @returns whether the user exists, or another one with the id or the e-mail address; `null`: neither.
 */
async function findExisting(client: PoolClient, user: UserLine): Promise<Outcome | null> {
  const { rows } = await client.query<ExistingUser>(FIND, [user.email, user.id]);
  if (rows.length === 0) return null;
  const same = rows.find(
    ({ id, email }) => email === user.email && (user.id === undefined || id === user.id),
  );
  if (!same) return { reason: 'another user has the id or the e-mail address' };
  // A sign-up does not choose its id: with the same one it is no claim of a stranger.
  if (user.emailVerified && !same.isVerified && user.id === undefined) {
    return { reason: 'a user who has not verified the e-mail address has it' };
  }
  return 'skipped';
}

/** A user that a rule of the database refuses leaves the rest of the batch as it is. */
async function create(client: PoolClient, user: UserLine): Promise<Outcome> {
  await client.query('SAVEPOINT line');
  try {
    await insertUser(client, user);
    await client.query('RELEASE SAVEPOINT line');
    return 'created';
  } catch (error) {
    if (!isValueRefused(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT line');
    // A sign-up, or another import, has created the user in between.
    const existing = await findExisting(client, user);
    if (existing) return existing;
    const { constraint = 'not representable' } = findServerError(error)!;
    return { reason: `the database refuses a value (${constraint})` };
  }
}

/** @throws {LineError | HashFormatError} The rules of a user and of a hash. */
async function checkUser(given: UserLine): Promise<UserLine> {
  const email = given.email.toLowerCase();
  const name = given.name?.trim().normalize('NFC') || email.split('@')[0]!;
  const user = { ...given, email, name };
  const { role, image, banReason } = user;
  try {
    await checkUserWrite({ email, name, role, image, banReason });
  } catch (error) {
    if (!isAPIError(error)) throw error;
    throw new LineError(`a value breaks the rules of a user (${error.body?.code})`);
  }
  if (user.passwordHash) parseHash(user.passwordHash);
  return user;
}

async function insertUser(client: PoolClient, user: UserLine): Promise<void> {
  const id = user.id ?? randomBytes(16).toString('hex');
  const { name, email, emailVerified, image, role, banned, banReason, banExpires } = user;
  const profile = [id, name, email, emailVerified, image ?? null, role];
  const ban = [banned, banReason ?? null, banExpires ?? null];
  await client.query(INSERT_USER, [...profile, ...ban, user.createdAt ?? null]);
  if (user.passwordHash) {
    const accountId = randomBytes(16).toString('hex');
    await client.query(INSERT_ACCOUNT, [accountId, id, user.passwordHash]);
  }
  await writeAuditEvent(client, {
    ...SYSTEM,
    action: 'user.created',
    subject: { type: 'user', id },
    after: { email, name, role },
    detail: { reason: 'import' },
  });
}

function explain(error: unknown): string {
  if (error instanceof LineError || error instanceof HashFormatError) return error.message;
  throw error;
}
