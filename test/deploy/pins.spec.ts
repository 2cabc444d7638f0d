import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseComposeFile } from '../../tools/image/compose-file';
import { parseDockerfile } from '../../tools/image/dockerfile';

/** Those of Gatehouse: a product can have others. */
const workflows = ['ci', 'faults'].map((name) =>
  readFileSync(`.github/workflows/${name}.yml`, 'utf8'),
);

/** The values of a field, with the comment behind them. */
function valuesOf(field: string, text: string): string[] {
  return [...text.matchAll(new RegExp(`\\b${field}: (\\S.*)$`, 'gm'))].map(([, value]) => value!);
}

const PINNED_IMAGE = /^[\w./-]+:[\w.-]+@sha256:[\da-f]{64}$/;

it('workflows name each action by its commit, with the version as a comment', () => {
  const actions = workflows.flatMap((text) => valuesOf('uses', text));
  expect(actions.length).toBeGreaterThan(5);
  const pinned = /^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/;
  expect(actions.filter((action) => !pinned.test(action))).toEqual([]);
});

it('two versions are compared with the release that a product is taken from', () => {
  const replay = readFileSync('test/features/previous-release.ts', 'utf8');
  const [, commit] = /BEFORE_THE_FIRST_TAG = '([\da-f]{40})'/.exec(replay)!;
  expect(workflows.join()).toContain(`|| echo ${commit})`);
});

it('workflows, compose file and Dockerfile name each foreign image by its digest', () => {
  const { stages } = parseDockerfile(readFileSync('Dockerfile', 'utf8'));
  const bases = stages.map(({ base }) => base);
  const own = ['${{ matrix.image }}', ...stages.map(({ name }) => name)];
  const texts = [...workflows, readFileSync('docker-compose.yml', 'utf8')];
  const images = [...bases, ...texts.flatMap((text) => valuesOf('image', text))];
  const foreign = images.filter((image) => !own.includes(image) && !image.startsWith('gatehouse:'));
  expect(foreign.length).toBeGreaterThan(4);
  expect(foreign.filter((image) => !PINNED_IMAGE.test(image))).toEqual([]);
});

it('the workflow that starts the compose file writes every secret that it requires', () => {
  const jobs = workflows.flatMap((text) =>
    Object.values((parse(text) as { jobs: Record<string, { steps: { run?: string }[] }> }).jobs),
  );
  const scripts = jobs
    .map(({ steps }) => steps.map(({ run = '' }) => run).join('\n'))
    .filter((script) => script.includes('docker compose up'));
  expect(scripts).toHaveLength(1);
  const written = [...scripts[0]!.matchAll(/echo "(\w+)=/g)].map(([, name]) => name!);
  const variables = Object.fromEntries(written.map((name) => [name, 'a-value']));
  expect(() =>
    parseComposeFile(readFileSync('docker-compose.yml', 'utf8'), variables),
  ).not.toThrow();
});
