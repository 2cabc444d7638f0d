import { Client, DatabaseError } from 'pg';
import {
  interleavings,
  openConnections,
  runInterleaved,
  type Actor,
  type Steps,
} from './interleavings';
import { CHANGES, type Change, USER } from './credential-changes';
import { readBasis } from '../../auth-server/common/basis';

const EXPIRY = `now() + interval '1 hour'`;

let connections: Record<Actor, Client>;
let observer: Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ connections, observer, close } = await openConnections());
});

afterAll(() => close());

describe('a sign-in and a change of the credentials, in every order', () => {
  it.each(CHANGES)('leave no session that should have ended: $name', async (change) => {
    const { escapes, refusals } = await tryAllOrders(change);
    expect(escapes).toEqual([]);
    expect(refusals).toBeGreaterThan(0);
  });

  it.each([
    ['the comparison at the insert', 'session', 'session_begins', 0],
    ['the deletion that follows the lock', 'account', 'account_changes_password', 0],
    ['the refusal of banned users', 'session', 'session_begins', 4],
    ['the sessions that a removal looks for', 'passkey', 'passkey_removed', 8],
  ] as const)('leave one when %s is missing', async (_name, table, trigger, change) => {
    const set = (state: string) =>
      observer.query(`ALTER TABLE ${table} ${state} TRIGGER ${trigger}`);
    await set('DISABLE');
    try {
      const { escapes } = await tryAllOrders(CHANGES[change]!);
      expect(escapes).not.toEqual([]);
    } finally {
      await set('ENABLE ALWAYS');
    }
  });
});

describe('the insert of a session', () => {
  beforeEach(createUser);

  it('accepts a basis after the change', async () => {
    await observer.query(`UPDATE account SET password = 'new' WHERE id = 'password'`);
    await insertSession(observer, await readBasis(observer));
    await expect(countSessions()).resolves.toBe(1);
  });

  it('accepts the request that made the change, and keeps no basis', async () => {
    const basis = await readBasis(observer);
    await observer.query(`UPDATE account SET password = 'new', basis = $1 WHERE id = 'password'`, [
      basis,
    ]);
    await insertSession(observer, basis);
    const { rows } = await observer.query(
      'SELECT basis FROM session UNION ALL SELECT basis FROM account',
    );
    expect(rows.every((row: { basis: string | null }) => row.basis === null)).toBe(true);
  });

  it('is not affected by the basis of a write that changes no credentials', async () => {
    const basis = await readBasis(observer);
    for (const change of [
      `UPDATE account SET scope = 's', basis = $1 WHERE id = 'password'`,
      `UPDATE "user" SET name = 'V', basis = $1 WHERE id = 'u'`,
    ]) {
      await observer.query(change, [basis]);
    }
    const { rows } = await observer.query(
      'SELECT basis FROM account UNION ALL SELECT basis FROM "user"',
    );
    expect(rows.every((row: { basis: string | null }) => row.basis === null)).toBe(true);
  });

  it('refuses the request that made a change before another one', async () => {
    const basis = await readBasis(observer);
    await observer.query(`UPDATE account SET password = 'mine', basis = $1 WHERE id = 'password'`, [
      basis,
    ]);
    await observer.query(`UPDATE account SET password = 'other' WHERE id = 'password'`);
    await expect(insertSession(observer, basis)).rejects.toMatchObject({ code: 'GH001' });
  });

  it('accepts a number of a transaction that this server has not reached, as after a restore', async () => {
    const basis = await readBasis(observer);
    await observer.query(`UPDATE credential_state SET changed_in = '1000000000'`);
    await insertSession(observer, basis);
    await expect(countSessions()).resolves.toBe(1);
  });

  it('refuses a change after the basis whose number the basis has seen, as after a crash', async () => {
    const basis = await readBasis(observer);
    await observer.query(`UPDATE account SET password = 'new' WHERE id = 'password'`);
    await observer.query(`UPDATE credential_state SET changed_in = '3'`);
    await expect(insertSession(observer, basis)).rejects.toMatchObject({ code: 'GH001' });
  });

  it('accepts a change in the future, which a clock that was set back has dated', async () => {
    await observer.query(`UPDATE account SET password = 'new' WHERE id = 'password'`);
    await observer.query(`UPDATE credential_state SET changed_at = now() + interval '1 hour'`);
    await insertSession(observer, await readBasis(observer));
    await expect(countSessions()).resolves.toBe(1);
  });

  it('accepts a basis without a time, of an earlier version', async () => {
    await observer.query(`UPDATE account SET password = 'new' WHERE id = 'password'`);
    const [request, snapshot] = (await readBasis(observer)).split(/@.+ /);
    await insertSession(observer, `${request} ${snapshot}`);
    await expect(countSessions()).resolves.toBe(1);
  });

  it('refuses a session that is given to a user on an old basis', async () => {
    await observer.query(`INSERT INTO "user" (id, name, email) VALUES ('v', 'V', 'v@example.com')`);
    await observer.query(
      `INSERT INTO session (id, user_id, token, expires_at) VALUES ('s', 'v', 't', ${EXPIRY})`,
    );
    const basis = await readBasis(observer);
    await observer.query(`UPDATE account SET password = 'new' WHERE id = 'password'`);
    await expect(
      observer.query(`UPDATE session SET user_id = 'u', basis = $1`, [basis]),
    ).rejects.toMatchObject({ code: 'GH001' });
  });
});

describe('a new password', () => {
  beforeEach(createUser);

  it('is refused when it was decided on the password before last', async () => {
    const basis = await readBasis(observer);
    await observer.query(`UPDATE account SET password = 'reset' WHERE id = 'password'`);
    const late = observer.query(
      `UPDATE account SET password = 'thief', basis = $1 WHERE id = 'password'`,
      [basis],
    );
    await expect(late).rejects.toMatchObject({ code: 'GH001' });
  });

  it.each([
    ['ends the sessions', '', 0],
    ['keeps them for a user who wants that', ' keep', 1],
    ['keeps them when only the hash is newer', ' rehash', 1],
  ])('%s', async (_title, exception, left) => {
    const basis = await readBasis(observer);
    await insertSession(observer, basis);
    await observer.query(`UPDATE account SET password = 'new', basis = $1 WHERE id = 'password'`, [
      `${basis}${exception}`,
    ]);
    await expect(countSessions()).resolves.toBe(left);
  });
});

async function createUser(): Promise<void> {
  for (const statement of USER) await observer.query(statement);
}

/** @returns the orders after which a session is there that should not be. */
async function tryAllOrders(change: Change): Promise<{ escapes: string[]; refusals: number }> {
  const escapes: string[] = [];
  let refusals = 0;
  for (const order of interleavings(3, change.statements.length + 2)) {
    await createUser();
    if (change.prepare) await observer.query(change.prepare);
    const run = {
      began: false,
      refused: false,
      changing: false,
      late: false,
      over: false,
      fresh: false,
    };
    const steps = { first: signInSteps(change, run), second: changeSteps(change, run) };
    await runInterleaved({ order, steps, connections, observer });
    refusals += Number(run.refused);
    const isAllowed = run.fresh || (change.keepsSessions && run.began && !run.late);
    if ((await countSessions()) > 0 && !isAllowed) escapes.push(order.join(' '));
  }
  return { escapes, refusals };
}

interface RunState {
  began: boolean;
  refused: boolean;
  changing: boolean;
  /** The session began while, or after, the change was made. */
  late: boolean;
  /** The change is committed. */
  over: boolean;
  /** The sign-in began after that. */
  fresh: boolean;
}

function signInSteps({ reads }: Change, run: RunState): Steps {
  const client = connections.first;
  let basis = '';
  let isRight = false;
  return [
    async () => {
      run.fresh = run.over;
      basis = await readBasis(client);
    },
    async () => void (isRight = (await client.query(reads)).rowCount === 1),
    async () => {
      if (!isRight) return;
      try {
        await insertSession(client, basis);
        run.began = true;
        run.late = run.changing;
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        expect(['GH001', 'GH002', '23503']).toContain(error.code);
        run.refused = true;
      }
    },
  ];
}

function changeSteps({ statements }: Change, run: RunState): Steps {
  const client = connections.second;
  return [
    () => client.query('BEGIN'),
    ...statements.map((statement) => async () => {
      await client.query(statement);
      run.changing = true;
    }),
    async () => {
      await client.query('COMMIT');
      run.over = true;
    },
  ];
}

function insertSession(client: Client, basis: string): Promise<unknown> {
  return client.query(
    `INSERT INTO session (id, user_id, token, expires_at, basis) VALUES ('s', 'u', 't', ${EXPIRY}, $1)`,
    [basis],
  );
}

async function countSessions(): Promise<number> {
  const { rows } = await observer.query<{ count: number }>('SELECT count(*)::int FROM session');
  return rows[0]!.count;
}
