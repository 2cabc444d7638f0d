import '../runtime/entry/node-version';
import { runKeyCommand } from './signing-keys/key-command';
import { startOrExplain } from '../runtime/lifecycle';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';

startOrExplain(async () => {
  const config = loadSettings(completeEnvironment(), 'auth');
  await runKeyCommand(process.argv.slice(2), { config, print });
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
