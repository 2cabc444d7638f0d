import type { Cluster } from './cluster';

/** The user whose name the load changes. */
export const CHANGED_EMAIL = 'ada@example.com';

/** Writes with their answers: an acknowledged one must be in the database after every fault. */
export class Ledger {
  private count = 0;
  private readonly signUps: string[] = [];
  private readonly users: string[] = [];
  private readonly names: string[] = [];
  private readonly unconfirmedNames = new Set<string>();

  /** A number of this run that no other call returns. */
  next(): number {
    this.count += 1;
    return this.count;
  }

  get size(): number {
    return this.signUps.length + this.users.length + this.names.length;
  }

  addSignUp(email: string, isAcknowledged: boolean): void {
    if (isAcknowledged) this.signUps.push(email);
  }

  addUser(email: string, isAcknowledged: boolean): void {
    if (isAcknowledged) this.users.push(email);
  }

  addName(name: string, isAcknowledged: boolean): void {
    if (isAcknowledged) this.names.push(name);
    else this.unconfirmedNames.add(name);
  }

  /** The acknowledged writes that the database does not have. */
  async losses(cluster: Cluster): Promise<string[]> {
    const missing = await cluster.query<{ email: string }>(MISSING_USERS, [
      [...this.signUps, ...this.users],
    ]);
    const sessions = await cluster.query<{ email: string }>(MISSING_SESSIONS, [this.signUps]);
    const [user] = await cluster.query<{ name: string }>(NAME_OF, [CHANGED_EMAIL]);
    const isExpected = user!.name === this.names.at(-1) || this.unconfirmedNames.has(user!.name);
    return [
      ...missing.map(({ email }) => `user ${email}`),
      ...sessions.map(({ email }) => `session of ${email}`),
      ...(isExpected || this.names.length === 0 ? [] : [`name ${this.names.at(-1)}`]),
    ];
  }
}

/** A user is written together with its audit event. */
const MISSING_USERS = `
  SELECT email FROM unnest($1::text[]) AS acknowledged (email)
   WHERE NOT EXISTS (
     SELECT FROM "user" JOIN audit_event ON subject_id = "user".id
      WHERE "user".email = acknowledged.email AND action IN ('user.signed_up', 'user.created'))`;

const MISSING_SESSIONS = `
  SELECT email FROM unnest($1::text[]) AS acknowledged (email)
   WHERE NOT EXISTS (
     SELECT FROM "user" JOIN session ON session.user_id = "user".id
      WHERE "user".email = acknowledged.email)`;

const NAME_OF = 'SELECT name FROM "user" WHERE email = $1';
