import type { AuthConfig } from './config';
import { createPool } from './database';
import { SigningKeys } from './signing-keys';
import { explainStart } from './start-error';
import { startOrExplain } from '../runtime/lifecycle';
import { createLogger } from '../runtime/logger';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';
import { StartError } from '../runtime/start-error';

const USAGE = 'Usage: npm run keys:rotate, or npm run keys:revoke -- <kid>';

/** `npm run keys:rotate` and `npm run keys:revoke -- <kid>`: signing keys by hand. */
async function main([verb, kid, ...more]: string[]): Promise<void> {
  const config = loadSettings(completeEnvironment(), 'auth');
  const pool = createPool(config, createLogger('keys', 'silent'));
  const signingKeys = new SigningKeys(config, pool);
  try {
    if (verb === 'rotate' && kid === undefined) await rotate(signingKeys, config);
    else if (verb === 'revoke' && more.length === 0) await revoke(signingKeys, kid ?? '');
    else throw new StartError(USAGE);
  } catch (error) {
    throw explainStart(error);
  } finally {
    await pool.end();
  }
}

async function rotate(signingKeys: SigningKeys, config: AuthConfig): Promise<void> {
  const { made, signsIn } = await signingKeys.rotate();
  print(`Key ${made} is published.`);
  print(
    signsIn === 0
      ? 'It signs from now on: there was no other key that could.'
      : `It signs in ${inWords(signsIn)}; until then verifiers have time to fetch it.`,
  );
  print(`The key before it stays published for ${inWords(config.jwksGrace)} after that.`);
}

/** @throws {StartError} listing the keys there are, when there is no such key. */
async function revoke(signingKeys: SigningKeys, kid: string): Promise<void> {
  const { phase, signer, left } = await signingKeys.revoke(kid);
  if (phase === null) {
    const keys = left.map(({ id, phase: itsPhase }) => `\n  ${id}  (${itsPhase})`);
    throw new StartError(
      `${kid === '' ? USAGE : `There is no key ${kid}.`} Keys:${keys.join('') || ' none'}`,
    );
  }
  print(`Key ${kid} (${phase}) is withdrawn. Tokens that it signed are refused.`);
  print(
    signer === null
      ? 'The auth servers make a new key when they need one.'
      : `Key ${signer} ${phase === 'signing' ? 'signs from now on' : 'signs as before'}.`,
  );
}

function inWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

startOrExplain(() => main(process.argv.slice(2)));
