import type { AuthConfig } from '../common/config';
import { createPool } from '../common/database';
import { SigningKeys } from './signing-keys';
import { explainStart } from '../common/start-error';
import { createLogger } from '../../runtime/logger';
import { StartError } from '../../runtime/start-error';

const OTHER_SECRET =
  'The keys in force were encrypted with another BETTER_AUTH_SECRET than this one. ' +
  'Auth servers that start with this one make a key of their own.';

const USAGE =
  'Usage: npm run keys:rotate, or npm run keys:revoke -- <kid>. An unknown kid prints the known ones.';

export type KeyCommand = { verb: 'rotate' } | { verb: 'revoke'; kid: string };

interface CommandParts {
  config: AuthConfig;
  /** Writes a line to the terminal. */
  print: (line: string) => void;
}

/**
 * @param words of the command line.
 * @throws {StartError} with the usage.
 */
export function parseKeyCommand([verb, kid, ...more]: string[]): KeyCommand {
  if (verb === 'rotate' && kid === undefined) return { verb };
  if (verb === 'revoke' && kid && kid !== '--help' && more.length === 0) return { verb, kid };
  throw new StartError(USAGE);
}

/**
 * `npm run keys:rotate` and `npm run keys:revoke -- <kid>`: commands for signing keys.
 *
 * @throws {StartError} says how to correct the problem.
 */
export async function runKeyCommand(
  command: KeyCommand,
  { config, print }: CommandParts,
): Promise<void> {
  const pool = createPool(config, createLogger('keys', 'silent'));
  const signingKeys = new SigningKeys(config, pool);
  try {
    if (command.verb === 'rotate') await rotate({ signingKeys, config, print });
    else await revoke({ signingKeys, print }, command.kid);
  } catch (error) {
    throw explainStart(error);
  } finally {
    await pool.end();
  }
}

interface Hands extends Pick<CommandParts, 'print'> {
  signingKeys: SigningKeys;
}

/** @throws {StartError} when the auth servers use another secret. */
async function rotate({ signingKeys, config, print }: Hands & CommandParts): Promise<void> {
  const rotation = await signingKeys.rotate();
  if (!rotation) throw new StartError(OTHER_SECRET);
  const { made, signsIn } = rotation;
  print(`Key ${made} is published.`);
  if (signsIn === 0) return print('It signs from now on: no other key could.');
  print(`It signs in ${inWords(signsIn)}: until then, verifiers have time to fetch it.`);
  print(`The key before it stays published for ${inWords(config.jwksGrace)} after that.`);
}

/** @throws {StartError} lists the existing keys when the key does not exist. */
async function revoke({ signingKeys, print }: Hands, kid: string): Promise<void> {
  const { phase, signer, left } = await signingKeys.revoke(kid);
  if (phase === null) {
    const keys = left.map(({ id, phase: itsPhase }) => `\n  ${id} (${itsPhase})`);
    throw new StartError(`There is no key ${kid}.\nThe keys are:${keys.join('') || ' none'}`);
  }
  print(`Key ${kid} (${phase}) is withdrawn: tokens that it signed are refused.`);
  if (signer === null) return print('The auth servers make a key when they need one.');
  print(`Key ${signer} signs${phase === 'signing' ? ' from now on' : ', as before'}.`);
}

function inWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
