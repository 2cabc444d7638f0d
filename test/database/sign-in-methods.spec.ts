import type { Client } from 'pg';
import { readBasis } from '../../auth-server/common/basis';
import {
  interleavings,
  openConnections,
  runInterleaved,
  type Actor,
  type Steps,
} from './interleavings';
import { eventually } from '../support/eventually';

let connections: Record<Actor, Client>;
let observer: Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ connections, observer, close } = await openConnections());
  await observer.query(
    `INSERT INTO "user" (id, name, email) VALUES ('u', 'U', 'u'), ('v', 'V', 'v')`,
  );
});

afterAll(() => close());

const METHODS = {
  password: `INSERT INTO account (id, user_id, account_id, provider_id, password)
    VALUES ('password', 'u', 'u', 'credential', 'x')`,
  google: `INSERT INTO account (id, user_id, account_id, provider_id)
    VALUES ('google', 'u', 'u', 'google')`,
  passkey: `INSERT INTO passkey
    (id, user_id, public_key, credential_id, counter, device_type, backed_up)
    VALUES ('passkey', 'u', 'k', 'c', 0, 'singleDevice', false)`,
};
type Method = keyof typeof METHODS;

const removalOf = (method: Method) =>
  `DELETE FROM ${method === 'passkey' ? 'passkey' : 'account'} WHERE id = '${method}'`;

/** The user is not deleted between two rounds: the deletion would remove every method. */
async function give(...methods: Method[]): Promise<void> {
  const removals = (Object.keys(METHODS) as Method[]).map(removalOf);
  const placeholder = `INSERT INTO account (id, user_id, account_id, provider_id)
    VALUES ('p', 'u', 'p', 'placeholder')`;
  await observer.query([placeholder, ...removals].join(';'));
  for (const method of methods) await observer.query(METHODS[method]);
  await observer.query(`DELETE FROM account WHERE id = 'p'`);
}

async function countMethods(): Promise<number> {
  const { rows } = await observer.query<{ count: number }>(
    `SELECT ((SELECT count(*) FROM account) + (SELECT count(*) FROM passkey))::int AS count`,
  );
  return rows[0]!.count;
}

it.each([
  ['password', removalOf('password')],
  ['google', removalOf('google')],
  ['passkey', removalOf('passkey')],
  ['password', `UPDATE account SET password = NULL`],
  ['google', `UPDATE account SET user_id = 'v'`],
  ['passkey', `UPDATE passkey SET user_id = 'v'`],
  ['password', `TRUNCATE account`],
  ['passkey', `TRUNCATE passkey`],
  ['passkey', `TRUNCATE passkey, account`],
] as const)('a user keeps the only method, %s: %s', async (method, statement) => {
  await give(method);
  await expect(observer.query(statement)).rejects.toMatchObject({ code: 'GH006' });
});

it('the record of the last change of the credentials stays while the user is there', async () => {
  const truncation = observer.query('TRUNCATE credential_state');
  await expect(truncation).rejects.toMatchObject({ code: 'GH006' });
  const deletion = observer.query(`DELETE FROM credential_state WHERE user_id = 'v'`);
  await expect(deletion).rejects.toMatchObject({ code: '42501' });
  await observer.query(`INSERT INTO "user" (id, name, email) VALUES ('w', 'W', 'w')`);
  await observer.query(`DELETE FROM "user" WHERE id = 'w'`);
  const { rows } = await observer.query('SELECT user_id FROM credential_state ORDER BY user_id');
  expect(rows).toEqual([{ user_id: 'u' }, { user_id: 'v' }]);
});

it('one transaction can replace the only method', async () => {
  await give('google');
  await observer.query(`BEGIN; ${removalOf('google')}; ${METHODS.passkey}; COMMIT`);
  await expect(countMethods()).resolves.toBe(1);
});

describe('two transactions that each remove one of two methods', () => {
  const pairs = [
    ['password', 'google'],
    ['google', 'passkey'],
  ] as const;
  const levels = ['READ COMMITTED', 'REPEATABLE READ'] as const;

  it.each(levels.flatMap((level) => pairs.map((pair) => [level, ...pair] as const)))(
    'leave one in every order, at %s: %s and %s',
    async (level, one, other) => {
      for (const order of interleavings(3, 3)) {
        await give(one, other);
        const steps = {
          first: stepsOf('first', { change: removalOf(one), level }),
          second: stepsOf('second', { change: removalOf(other), level }),
        };
        await runInterleaved({ order, steps, connections, observer });
        expect([order, await countMethods()]).toEqual([order, 1]);
      }
    },
  );
});

/** As the auth server does it: refused after a change of the credentials. */
const REGISTRATION =
  METHODS.passkey.replace(/VALUES \((.*)\)$/, 'SELECT $1') +
  ` WHERE gatehouse_begin_credential('u', '$BASIS')`;

it.each(['password', 'google'] as const)(
  'a passkey that is registered while the only method (%s) is removed leaves one, in every order',
  async (method) => {
    let left = 0;
    for (const order of interleavings(3, 3)) {
      await give(method);
      const registration = REGISTRATION.replace('$BASIS', await readBasis(observer));
      const steps = {
        first: stepsOf('first', { change: registration }),
        second: stepsOf('second', { change: removalOf(method) }),
      };
      await runInterleaved({ order, steps, connections, observer });
      const count = await countMethods();
      expect([order, Math.max(count, 1)]).toEqual([order, count]);
      left += count;
    }
    // In some orders the removal comes after the passkey.
    expect(left).toBeLessThan(2 * interleavings(3, 3).length);
  },
);

it('two passkeys at once are registered without a deadlock, while another transaction reads the state', async () => {
  await give('google');
  const registration = REGISTRATION.replace('$BASIS', await readBasis(observer));
  await observer.query(`BEGIN; SELECT FROM credential_state WHERE user_id = 'u' FOR SHARE`);
  const inserts = (['first', 'second'] as const).map((actor) =>
    connections[actor].query(
      registration.replace(`'passkey'`, `'${actor}'`).replace(`'c'`, `'${actor}'`),
    ),
  );
  await eventually(async () => {
    const { rows } = await observer.query(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(rows).toHaveLength(2);
  });
  await observer.query('COMMIT');
  await Promise.all(inserts);
  await expect(countMethods()).resolves.toBe(3);
});

/** A refusal, and a failure to serialize, end the transaction. */
function stepsOf(
  actor: Actor,
  { change, level = 'READ COMMITTED' }: { change: string; level?: string },
): Steps {
  const client = connections[actor];
  let failed = false;
  return [`BEGIN ISOLATION LEVEL ${level}; SELECT FROM account`, change, 'COMMIT'].map(
    (statement) => async () => {
      if (failed) return;
      try {
        await client.query(statement);
      } catch (error) {
        failed = true;
        expect(['GH006', '40001']).toContain((error as { code: string }).code);
        await client.query('ROLLBACK');
      }
    },
  );
}
