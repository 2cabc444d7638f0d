import { AUDIENCE, type Fleet } from '../fleet';

/** A change that takes access away, and a token with that access. */
export interface Loss {
  name: string;
  path: string;
  token: string;
  /** The answer afterwards. */
  expected: 401 | 403;
  /** Has the same result when it is repeated. */
  statement: string;
  /** The parameter of the statement. */
  id: string;
}

/** One of each kind. */
export async function makeLosses(fleet: Fleet): Promise<Loss[]> {
  const banned = await fleet.member();
  const demoted = await fleet.member('admin');
  const client = await fleet.oauth.register({ type: 'machine', scopes: ['orders:read'] });
  const { body } = await fleet.oauth.serviceAccountToken(client, { resource: AUDIENCE });
  const [key] = await fleet.publishKeys(1);
  const refused = { path: '/orders', expected: 401 } as const;
  return [
    { name: 'ban', ...refused, ...banned, statement: BAN },
    { name: 'demotion', path: '/reports', expected: 403, ...demoted, statement: DEMOTE },
    {
      name: 'client disabled',
      ...refused,
      token: body.access_token,
      statement: DISABLE,
      id: client.clientId,
    },
    {
      name: 'key withdrawn',
      ...refused,
      token: await key!.sign(fleet.claims()),
      statement: WITHDRAW,
      id: key!.kid,
    },
  ];
}

const BAN = 'UPDATE "user" SET banned = true WHERE id = $1';
const DEMOTE = `UPDATE "user" SET role = 'user' WHERE id = $1`;
const DISABLE = 'UPDATE oauth_client SET disabled = true WHERE client_id = $1';
const WITHDRAW = 'DELETE FROM jwks WHERE id = $1';

/** Answers after the stated time, by fault and change. */
export class FaultTotals {
  private readonly totals = new Map<string, { answers: number; accepted: number }>();

  add(name: string, statuses: readonly number[]): void {
    const { answers, accepted } = this.totals.get(name) ?? { answers: 0, accepted: 0 };
    this.totals.set(name, {
      answers: answers + statuses.length,
      accepted: accepted + statuses.filter((status) => status === 200).length,
    });
  }

  get accepted(): number {
    return [...this.totals.values()].reduce((sum, { accepted }) => sum + accepted, 0);
  }

  show(): void {
    for (const [name, { answers, accepted }] of this.totals) {
      process.stdout.write(`${name}: ${accepted} of ${answers} accepted after the stated time\n`);
    }
  }
}
