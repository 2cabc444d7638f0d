import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type AccessFixture, makePerson, type Person, visit } from './access-fixture';
import type { AccessChange, Question } from './access-changes';

/** From this time after a change, no new request may be judged by the earlier state. */
const PROMISE_MS = 100;

/** Duration of requests after the change. */
const WATCH_MS = 180;

/** Between two requests to one replica. */
const REST_MS = 8;

/** Until a replica uses the new state; the round has failed by then. */
const PATIENCE_MS = 60_000;

/** Times are of `performance.now()`. */
interface Asked {
  replica: number;
  started: number;
  ended: number;
  answer: boolean;
}

export interface Round {
  /** Requests that started more than 100 ms after the change and used the old state. */
  stale: number;
  /** For each replica: time from the change to the first response by the new state. */
  delaysMs: number[];
  /** For each replica: time from the change to the start of the last request by the old state. */
  staleForMs: number[];
}

/** When the database announces a change: soon after the commit, before the API responds. */
export class CommitWatch {
  private first: number | null = null;

  private constructor(private readonly client: Client) {
    client.on('notification', () => (this.first ??= performance.now()));
  }

  static async on(url: string): Promise<CommitWatch> {
    const client = new Client(url);
    await client.connect();
    await client.query('LISTEN gatehouse_access');
    return new CommitWatch(client);
  }

  /** Forgets the notifications so far. */
  reset(): void {
    this.first = null;
  }

  /** The first notification since {@link reset}. */
  get notifiedAt(): number {
    return this.first ?? Infinity;
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** Changes the access of a new user while every replica gets requests of this user. */
export async function playRound(
  { fixture, watch }: { fixture: AccessFixture; watch: CommitWatch },
  change: AccessChange,
): Promise<Round> {
  const person = await makePerson(fixture);
  await change.prepare?.(fixture, person);
  await warmUp(fixture, { change, person });
  const asked: Asked[] = [];
  const isOver = new AbortController();
  const asking = fixture.replicas.map(async (_url, replica) => {
    while (!isOver.signal.aborted) {
      asked.push(await ask(fixture, { replica, person, question: change.question }));
      await pause(REST_MS);
    }
  });
  try {
    watch.reset();
    const endsAt = await change.apply(fixture, person);
    const changedAt = endsAt ?? Math.min(performance.now(), watch.notifiedAt);
    await untilAnswered({ asked, change, changedAt, replicas: fixture.replicas.length });
    return toRound({ asked, change, changedAt, replicas: fixture.replicas.length });
  } finally {
    isOver.abort();
    await Promise.allSettled(asking);
  }
}

/** Until every replica knows the user and responds by the old state several times. */
async function warmUp(
  fixture: AccessFixture,
  { change, person }: { change: AccessChange; person: Person },
): Promise<void> {
  for (const replica of fixture.replicas.keys()) {
    for (let inARow = 0, tries = 0; inARow < 3; tries += 1) {
      if (tries > 200)
        throw new Error(`replica ${replica} never answers as before: ${change.name}`);
      const { answer } = await ask(fixture, { replica, person, question: change.question });
      inARow = answer === change.before ? inARow + 1 : 0;
    }
  }
}

/** Until each replica has used the new state for a request after the limit. */
async function untilAnswered(seen: Seen): Promise<void> {
  const { asked, changedAt, change, replicas } = seen;
  const isAnswered = (replica: number) =>
    asked.some(
      (each) => isLater(each, changedAt + PROMISE_MS, replica) && each.answer !== change.before,
    );
  for (;;) {
    const waited = performance.now() - changedAt;
    const isDone = Array.from({ length: replicas }, (_, index) => isAnswered(index)).every(Boolean);
    if (waited > WATCH_MS && isDone) return;
    if (waited > PATIENCE_MS) throw new Error(`the change never arrives: ${change.name}`);
    await pause(10);
  }
}

interface Seen {
  asked: Asked[];
  change: AccessChange;
  changedAt: number;
  replicas: number;
}

function toRound({ asked, change, changedAt, replicas }: Seen): Round {
  const old = asked.filter(({ answer }) => answer === change.before);
  const byReplica = Array.from({ length: replicas }, (_, replica) => {
    const news = asked.filter(
      (each) => isLater(each, changedAt, replica) && each.answer !== change.before,
    );
    const late = old.filter((each) => isLater(each, changedAt, replica));
    return {
      delay: Math.min(...news.map(({ ended }) => ended)) - changedAt,
      staleFor: Math.max(0, ...late.map(({ started }) => started - changedAt)),
    };
  });
  return {
    stale: old.filter(({ started }) => started > changedAt + PROMISE_MS).length,
    delaysMs: byReplica.map(({ delay }) => delay),
    staleForMs: byReplica.map(({ staleFor }) => staleFor),
  };
}

function isLater(each: Asked, changedAt: number, replica: number): boolean {
  return each.replica === replica && each.started >= changedAt;
}

async function ask(
  fixture: AccessFixture,
  { replica, person, question }: { replica: number; person: Person; question: Question },
): Promise<Asked> {
  const started = performance.now();
  const answer = await askReplica(fixture.replicas[replica]!, { person, question });
  return { replica, started, ended: performance.now(), answer };
}

/** @throws when the response is neither a success nor a refusal. */
export async function askReplica(
  url: string,
  { person, question }: { person: { accessToken: string }; question: Question },
): Promise<boolean> {
  const path = question === 'is let in' ? '/users/me' : '/admin/users?limit=1';
  const { status } = await visit(`${url}/api/v1${path}`, { bearer: person.accessToken });
  // Accepted, but the user is deleted: the replica does not know it yet.
  if (status === 200 || (status === 404 && question === 'is let in')) return true;
  if (status === 401 || (status === 403 && question === 'administers')) return false;
  throw new Error(`${url}${path} answers ${status}`);
}
