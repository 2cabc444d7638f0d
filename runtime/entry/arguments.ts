import { StartError } from '../start-error';

/**
 * A command that ignored `--help` would do its work.
 *
 * @param words of the command line that the command does not know.
 * @throws {StartError}
 */
export function refuseArguments(command: string, words: readonly string[]): void {
  if (words.length > 0)
    throw new StartError(`\`${command}\` takes no argument ${words.join(' ')}.`);
}
