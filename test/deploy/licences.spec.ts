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
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
}

describe('the packages of the image', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const shipped = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { license }]) => ({ name: path.split('node_modules/').at(-1)!, license }));

  it('have licences of the list', () => {
    const licences = shipped.map(({ name, license = WITHOUT_FIELD[name] ?? 'none' }) => ({
      name,
      license,
    }));
    expect(licences.filter(({ license }) => !ALLOWED.has(license))).toEqual([]);
    expect(shipped.length).toBeGreaterThan(100);
  });

  it('lack the licence field only where the list says so', () => {
    const names = shipped.filter(({ license }) => license === undefined).map(({ name }) => name);
    expect([...new Set(names)].toSorted()).toEqual(Object.keys(WITHOUT_FIELD));
  });
});
