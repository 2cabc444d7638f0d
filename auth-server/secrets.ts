import '../runtime/entry/node-version';
import { renewSecrets } from './secret-renewal';
import { refuseArguments } from '../runtime/entry/arguments';
import { startOrExplain } from '../runtime/lifecycle/lifecycle';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';

startOrExplain(async () => {
  refuseArguments('npm run secrets:renew', process.argv.slice(2));
  const config = loadSettings(completeEnvironment(), 'auth');
  await renewSecrets({ config, print: (line) => process.stdout.write(`${line}\n`) });
});
