import '../runtime/entry/node-version';
import { parseKeyCommand, runKeyCommand } from './signing-keys/key-command';
import { startOrExplain } from '../runtime/lifecycle/lifecycle';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';

startOrExplain(async () => {
  const command = parseKeyCommand(process.argv.slice(2));
  const config = loadSettings(completeEnvironment(), 'auth');
  await runKeyCommand(command, { config, print });
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
