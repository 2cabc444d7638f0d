import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { refuseDeclaredNames } from './declared-names';
import { installFeature, parseNames, renderFeature } from './render';

/**
 * `npm run new:feature -- notes` writes a feature that works: entity, migration, schemas, service,
 * controllers, scopes, audit events, export, tests. Then it installs it and writes its OpenAPI
 * document. Runs in the root of the project.
 */
async function main(arguments_: readonly string[]): Promise<void> {
  const names = parseNames(arguments_);
  const folder = `features/${names.plural}`;
  if (existsSync(folder)) throw new Error(`${folder} exists already`);
  refuseDeclaredNames(names);
  const files = [...(await renderFeature(names)), await installFeature(names)];
  for (const { file, content } of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`Written: ${file}`);
  }
  const { status } = spawnSync('npm', ['run', '--silent', 'generate'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the feature does not compile; the reason is above');
  console.log(`Next: npm test -- ${folder}, then change what the feature does.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
