// `npm run sbom`: the packages of the image as a CycloneDX document. `npm sbom --omit=dev` would also
// leave out packages of the image that a development tool uses too.
import '../../runtime/entry/script-version.cjs';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LARGEST_DOCUMENT = 64 * 1024 * 1024;

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
/** What `npm ci --omit=dev` installs, in the form of `bom-ref`. */
const shipped = new Set(
  Object.entries(packages)
    .filter(([, { dev }]) => !dev)
    .map(([path, { name = path.split('node_modules/').at(-1), version }]) => `${name}@${version}`),
);

const all = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
const text = execFileSync('npm', all, { encoding: 'utf8', maxBuffer: LARGEST_DOCUMENT });
const document = JSON.parse(text);
const isShipped = (reference) => shipped.has(reference);
const components = document.components.filter((component) => isShipped(component['bom-ref']));
const dependencies = document.dependencies
  .filter(({ ref }) => isShipped(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isShipped) }));
process.stdout.write(`${JSON.stringify({ ...document, components, dependencies }, null, 2)}\n`);
