import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Benchmark } from './common/benchmark';
import { renderMedians, takeTurns } from './common/interleaved';
import { AccessKnowledge } from '../src/auth/live-access/access-knowledge';
import { refusalReason } from '../src/auth/live-access/access-state';
import { LiveAccess } from '../src/auth/live-access/live-access';
import { EventLoopTurn } from '../src/auth/live-access/event-loop-turn';

const SESSIONS = 100_000;
const ROUNDS = 9;
const OPERATIONS = 20_000;

/** The cost of a warm access check, and the memory of 100,000 known sessions. */
export const liveAccessBenchmark: Benchmark = {
  name: 'live-access',
  async run(print) {
    const knowledge = new AccessKnowledge({ leaseMs: 3_600_000, capacity: 2 * SESSIONS });
    knowledge.prove(knowledge.now());
    measureMemory(knowledge, print);
    await measureCheck(knowledge, print);
  },
};

/** Ids like the auth server's; each session has its own user. */
function measureMemory(knowledge: AccessKnowledge, print: (line: string) => void): void {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < SESSIONS; index += 1) learn(knowledge, `${index}-${randomUUID()}`);
  collectGarbage();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1024 / 1024;
  print(`${SESSIONS} known sessions of as many users: ${megabytes.toFixed(0)} MB`);
}

function learn(knowledge: AccessKnowledge, id: string): void {
  const session = { userId: `u${id}`, expiresAt: Date.now() + 86_400_000, grants: {} };
  const access = { role: 'user', banned: false } as const;
  const user = { ...access, banExpires: null, profile: { ...access, ...makeProfile(id) } };
  const subject = { sessionId: id, userId: session.userId, clientId: null };
  knowledge.endLoad(knowledge.beginLoad(subject), { session, user, client: null });
}

/** Of ordinary length. */
function makeProfile(id: string) {
  const texts = { id: `u${id}`, email: `ann.${id}@example.com`, name: `Ann ${id}` };
  const nothing = { image: null, banReason: null, banExpires: null };
  return {
    ...texts,
    ...nothing,
    emailVerified: true,
    createdAt: new Date(),
    updatedAt: new Date(),
  };
}

async function measureCheck(knowledge: AccessKnowledge, print: (line: string) => void) {
  learn(knowledge, 'known');
  const access = new LiveAccess(knowledge, () => Promise.reject(new Error('nothing is loaded')));
  const turn = new EventLoopTurn();
  const subject = { sessionId: 'known', userId: 'uknown', clientId: null };
  const check = async () => {
    await turn.over();
    const state = await access.stateOf(subject);
    if (refusalReason(state, { subject, issuedAt: 0, now: Date.now() }) !== null)
      throw new Error('refused');
  };
  const contestant = (name: string, ask: () => Promise<void>) => ({
    name,
    // As many at once as a busy replica reads in a turn.
    run: async () => {
      for (let left = OPERATIONS; left > 0; left -= 50) {
        await Promise.all(Array.from({ length: 50 }, ask));
      }
    },
  });
  const contestants = [
    contestant('an empty promise', askNothing),
    contestant('a warm check', check),
  ];
  const medians = await takeTurns(contestants, { rounds: ROUNDS, operations: OPERATIONS });
  print(`medians of ${ROUNDS} rounds of ${OPERATIONS}, in turns`);
  for (const line of renderMedians(medians, 'an empty promise')) print(line);
}

/** The cost of an asynchronous call alone. */
async function askNothing(): Promise<void> {
  // No look-up.
}
