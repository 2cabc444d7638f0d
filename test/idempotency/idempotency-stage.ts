import { randomUUID } from 'node:crypto';
import type { User } from '../../src/users/user.schemas';
import { type Answer, Caller } from '../support/caller';
import { InProcessSystem } from '../support/in-process-system';
import { PASSWORD, type SignedInUser } from '../support/system';

export const USERS = '/api/v1/admin/users';

/** Two replicas, and an administrator who creates users on them. */
export class IdempotencyStage {
  private constructor(
    readonly system: InProcessSystem,
    readonly admin: SignedInUser,
  ) {}

  static async start(): Promise<IdempotencyStage> {
    const system = await InProcessSystem.start({ replicas: 2 });
    return new IdempotencyStage(system, await system.asAdmin());
  }

  stop(): Promise<void> {
    return this.system.stop();
  }

  /** On the given replica; the first one by default. */
  create(body: object, key: string, replica = 0): Promise<Answer<User>> {
    const caller = new Caller(this.system.replicas[replica]!.url, this.admin.accessToken);
    return caller.post<User>(USERS, body, { 'idempotency-key': key });
  }

  /** The stored rows of all keys, as in the database. */
  rows() {
    return this.system.query<{ id: Buffer; answer: Buffer | null; fingerprint: Buffer }>(
      'SELECT * FROM idempotency_key',
    );
  }
}

export function newUser() {
  return { email: `${randomUUID()}@example.com`, name: 'New', password: PASSWORD };
}

export function expectReplayOf(answer: Answer<unknown>, first: Answer<unknown>): void {
  expect(answer).toMatchObject({ status: first.status, body: first.body });
  expect(answer.headers.get('idempotency-replayed')).toBe('true');
  for (const name of ['content-type', 'location', 'etag']) {
    expect(answer.headers.get(name)).toBe(first.headers.get(name));
  }
}
