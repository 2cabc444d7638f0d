import '../../runtime/entry/node-version';
import { describeLimit } from './client-programs';
import { backUp, restore } from './database-copy';
import { startOrExplain } from '../../runtime/lifecycle/lifecycle';
import { describeDatabase } from '../../runtime/database/database-client';
import { completeEnvironment, warnOfUnusedDirectUrl } from '../../runtime/settings/development';
import { loadSettings } from '../../runtime/settings/load';
import { StartError } from '../../runtime/start-error';

const USAGE = 'Usage: npm run backup -- <file>, or npm run restore -- <file>';

/** `npm run backup -- <file>` and `npm run restore -- <file>`, with the login of the owner. */
startOrExplain(async () => {
  const [verb, file, ...more] = process.argv.slice(2);
  if (!file || file.startsWith('-') || more.length > 0) throw new StartError(USAGE);
  const { databaseDirectUrl } = loadSettings(completeEnvironment(), 'migrate');
  warnOfUnusedDirectUrl(print);
  print(`The database is ${describeDatabase(databaseDirectUrl)}.`);
  if (verb === 'backup') {
    await backUp(databaseDirectUrl, file);
    const limit = describeLimit();
    return print(`The backup is in ${file}.${limit} Keep the secrets in another place.`);
  }
  const count = await restore(databaseDirectUrl, file, print);
  print(`The database is restored (${count} later migrations applied).`);
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
