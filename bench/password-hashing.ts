import { hash, verify } from '@node-rs/argon2';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import type { Benchmark } from './common/benchmark';
import { type Contestant, renderMedians, takeTurns } from './common/interleaved';
import { startSignInSystem, type SignInSystem } from './sign-in-system';

const PASSWORD = 'correct horse battery staple';

const ROUNDS = 7;
/** Hashes in a round. */
const HASHES = 6;
/** Sign-ins in a round. */
const SIGN_INS = 12;
/** Callers at the same time. */
const CALLERS = 4;

const SCRYPT = "scrypt N=16384 r=16 p=1 (Better-Auth's)";

const ARGON2 = {
  'argon2id m=47104 t=1 p=1 (Gatehouse)': { memoryCost: 47_104, timeCost: 1, parallelism: 1 },
  'argon2id m=19456 t=2 p=1': { memoryCost: 19_456, timeCost: 2, parallelism: 1 },
  'argon2id m=12288 t=3 p=1': { memoryCost: 12_288, timeCost: 3, parallelism: 1 },
};

/** The cost of a password hash, alone and in a whole sign-in, before and after. */
export const passwordHashingBenchmark: Benchmark = {
  name: 'password-hashing',
  async run(print) {
    for (const atOnce of [1, 2]) await compareHashes(atOnce, print);
    const system = await startSignInSystem(PASSWORD);
    try {
      await compareSignIns(system, print);
    } finally {
      await system.stop();
    }
  },
};

async function compareHashes(atOnce: number, print: (line: string) => void): Promise<void> {
  const works = new Map<string, () => Promise<unknown>>([
    [`hash, ${SCRYPT}`, () => hashPassword(PASSWORD)],
    ...Object.entries(ARGON2).map(([name, parameters]): Work => [
      `hash, ${name}`,
      () => hash(PASSWORD, parameters),
    ]),
    ...(await verifications()),
  ]);
  const options = { atOnce, operations: HASHES };
  const contestants = [...works].map(([name, work]) => toContestant(name, { ...options, work }));
  const medians = await takeTurns(contestants, { rounds: ROUNDS, operations: HASHES });
  print(`\n${atOnce} at once: medians of ${ROUNDS} rounds of ${HASHES}, in turns`);
  for (const line of renderMedians(medians, `hash, ${SCRYPT}`)) print(line);
}

type Work = [name: string, work: () => Promise<unknown>];

async function verifications(): Promise<Work[]> {
  const scrypt = await hashPassword(PASSWORD);
  const [[name, parameters]] = Object.entries(ARGON2) as [[string, object]];
  const argon2id = await hash(PASSWORD, parameters);
  return [
    [`verify, ${SCRYPT}`, () => verifyPassword({ hash: scrypt, password: PASSWORD })],
    [`verify, ${name}`, () => verify(argon2id, PASSWORD)],
  ];
}

async function compareSignIns(system: SignInSystem, print: (line: string) => void): Promise<void> {
  const options = { atOnce: CALLERS, operations: SIGN_INS };
  const contestants = system.ways.map((way) =>
    toContestant(way, { ...options, work: () => system.signIn(way) }),
  );
  const medians = await takeTurns(contestants, { rounds: ROUNDS, operations: SIGN_INS });
  print(
    `\nWhole sign-ins over HTTP, ${CALLERS} callers: medians of ${ROUNDS} rounds of ${SIGN_INS}`,
  );
  for (const line of renderMedians(medians, 'scrypt')) print(line);
  for (const [way, microseconds] of medians) {
    print(`${way}: ${(1_000_000 / microseconds).toFixed(1)} sign-ins a second`);
  }
}

interface Repeated {
  work: () => Promise<unknown>;
  operations: number;
  atOnce: number;
}

function toContestant(name: string, { work, operations, atOnce }: Repeated): Contestant {
  return {
    name,
    run: async () => {
      let left = operations;
      const worker = async () => {
        while (left > 0) {
          left -= 1;
          await work();
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    },
  };
}
