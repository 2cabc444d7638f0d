// `npm run check:imports`: the rules of `.dependency-cruiser.cjs`, and that imports between two folders
// run in one direction. A folder and a folder inside it count as two.
import '../runtime/entry/script-version.cjs';
import { dirname, resolve } from 'node:path';
import { cruise, format } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const CODE = [
  'src',
  'auth-server',
  'contract',
  'features',
  'runtime',
  'launcher',
  'migrations',
  'tools',
  'bench',
  'examples',
  'test',
  'ormconfig.ts',
];
const TEST = /^test\/|[.]spec[.]ts$/;
/** A declaration loads this part late, in the API alone. */
const FEATURE_API = /[.]api[.]ts$/;
/** `features.ts` lists the features of a product, and each of them imports `define-feature.ts`. */
const FEATURE_LIST = 'features/features.ts';

const options = await extractOptions(resolve('.dependency-cruiser.cjs'));
const { output: result } = await cruise(CODE, options, null, {
  tsConfig: extractTSConfig('tsconfig.json'),
});
const { output, exitCode } = await format(result, { outputType: 'err' });
const pairs = findTwoWayPairs(result.modules);
if (typeof output === 'string') process.stdout.write(output);
process.stdout.write(pairs.map((pair) => `${pair}\n`).join(''));
process.exitCode = exitCode > 0 || pairs.length > 0 ? 1 : 0;

/** One line for each pair of folders that import each other, with an example for each direction. */
function findTwoWayPairs(modules) {
  const examples = new Map(modules.flatMap(toFolderImports));
  return [...examples]
    .filter(([key]) => {
      const [from, to] = key.split(' ');
      return from < to && examples.has(`${to} ${from}`);
    })
    .map(([key, example]) => {
      const [from, to] = key.split(' ');
      return `${from} and ${to} import each other: ${example}, ${examples.get(`${to} ${from}`)}`;
    });
}

/** The imports of other folders: `<folder> <other folder>`, and the files as an example. */
function toFolderImports({ source, dependencies }) {
  if (TEST.test(source) || source === FEATURE_LIST) return [];
  return dependencies
    .filter(({ resolved, coreModule }) => !coreModule && isChecked(source, resolved))
    .map(({ resolved }) => [`${dirname(source)} ${dirname(resolved)}`, `${source} → ${resolved}`]);
}

function isChecked(source, resolved) {
  if (TEST.test(resolved) || FEATURE_API.test(resolved)) return false;
  return dirname(source) !== dirname(resolved) && !resolved.includes('node_modules/');
}
