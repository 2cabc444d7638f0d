import type { SettingName } from './definitions';

/** What one argon2id hash costs (RFC 9106, section 3.1), with one lane. */
export interface PasswordHashCost {
  /** In KiB. */
  memory: number;
  passes: number;
}

/**
 * The sets that OWASP calls equal in strength, each with one lane; production needs one of them or
 * more: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const LEAST_COSTS: readonly PasswordHashCost[] = [
  { memory: 47_104, passes: 1 },
  { memory: 19_456, passes: 2 },
  { memory: 12_288, passes: 3 },
  { memory: 9_216, passes: 4 },
  { memory: 7_168, passes: 5 },
];

/** Memory times passes: more would take seconds, and `hash-format.ts` reads no such hash. */
const MOST_WORK = 1_048_576;

/** @returns why the cost is refused, or an empty list. */
export function passwordHashCostProblems(
  cost: PasswordHashCost,
  { production }: { production: boolean },
): { name: SettingName; message: string }[] {
  const { memory, passes } = cost;
  if (memory * passes > MOST_WORK) {
    const message = `must be at most ${Math.floor(MOST_WORK / passes)} with PASSWORD_HASH_PASSES=${passes}`;
    return [{ name: 'PASSWORD_HASH_MEMORY', message }];
  }
  if (!production) return [];
  const isEnough = LEAST_COSTS.some((least) => memory >= least.memory && passes >= least.passes);
  if (isEnough) return [];
  const message = `must be at least ${leastMemory(passes)} with PASSWORD_HASH_PASSES=${passes} in production (recommendation of OWASP)`;
  return [{ name: 'PASSWORD_HASH_MEMORY', message }];
}

function leastMemory(passes: number): number {
  return Math.min(...LEAST_COSTS.filter((least) => least.passes <= passes).map((x) => x.memory));
}
