import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Licences that allow use in a product without a duty to publish its source. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
]);

/** Packages whose package.json has no `license` field, with the licence in their other files. */
const WITHOUT_FIELD: Record<string, string> = {
  limiter: 'MIT',
  'passport-strategy': 'MIT',
  pause: 'MIT',
};

interface LockedPackage {
  version: string;
  license?: string;
  /** Not with `devOptional`: such a package is also an optional one of the image. */
  dev?: boolean;
}

describe('the packages of the image', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const shipped = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { license, version }]) => ({
      name: path.split('node_modules/').at(-1)!,
      version,
      license,
    }));

  it('have licences of the list', () => {
    const licences = shipped.map(({ name, license = WITHOUT_FIELD[name] ?? 'none' }) => ({
      name,
      license,
    }));
    expect(licences.filter(({ license }) => !ALLOWED.has(license))).toEqual([]);
    expect(shipped.length).toBeGreaterThan(100);
  });

  it('are those of the list of packages (CycloneDX) that `npm run sbom` prints', () => {
    const text = execFileSync(process.execPath, ['tools/image/sbom.mjs'], { encoding: 'utf8' });
    const { bomFormat, components, dependencies } = JSON.parse(text) as {
      bomFormat: string;
      components: { 'bom-ref': string }[];
      dependencies: { ref: string; dependsOn: string[] }[];
    };
    expect(bomFormat).toBe('CycloneDX');
    const listed = components.map((component) => component['bom-ref']);
    const own = shipped.map(({ name, version }) => `${name}@${version}`);
    expect(listed.toSorted()).toEqual([...new Set(own)].toSorted());
    const named = dependencies.flatMap(({ dependsOn }) => dependsOn);
    expect(named.filter((reference) => !listed.includes(reference))).toEqual([]);
  });

  it('lack the licence field only where the list says so', () => {
    const names = shipped.filter(({ license }) => license === undefined).map(({ name }) => name);
    expect([...new Set(names)].toSorted()).toEqual(Object.keys(WITHOUT_FIELD));
  });
});
