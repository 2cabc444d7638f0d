import '../../runtime/entry/node-version';
import { backUp, restore } from './database-copy';
import { startOrExplain } from '../../runtime/lifecycle/lifecycle';
import { completeEnvironment } from '../../runtime/settings/development';
import { loadSettings } from '../../runtime/settings/load';
import { StartError } from '../../runtime/start-error';

const USAGE = 'Usage: npm run backup -- <file>, or npm run restore -- <file>';

/** `npm run backup -- <file>` and `npm run restore -- <file>`, with the login of the owner. */
startOrExplain(async () => {
  const [verb, file, ...more] = process.argv.slice(2);
  if (!file || file.startsWith('-') || more.length > 0) throw new StartError(USAGE);
  const { databaseDirectUrl } = loadSettings(completeEnvironment(), 'migrate');
  if (verb === 'backup') {
    await backUp(databaseDirectUrl, file);
    return print(`The backup is in ${file}. Keep the secrets in another place.`);
  }
  const count = await restore(databaseDirectUrl, file);
  print(`The database is restored (${count} later migrations applied).`);
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
