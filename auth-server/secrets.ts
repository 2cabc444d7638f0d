import '../runtime/entry/node-version';
import { renewSecrets } from './secret-renewal';
import { startOrExplain } from '../runtime/lifecycle/lifecycle';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';

startOrExplain(async () => {
  const config = loadSettings(completeEnvironment(), 'auth');
  await renewSecrets({ config, print: (line) => process.stdout.write(`${line}\n`) });
});
