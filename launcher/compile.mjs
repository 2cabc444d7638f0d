// Compiles the sources into dist/ with swc, as the tests do. It removes the types and does not check
// them: `npm run check:types` does. Plain JavaScript, because it makes what the other files run.
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { listSources } from '../runtime/entry/sources.cjs';

/** JSON that a source imports. */
const IMPORTED = ['openapi-auth.json'];

/** What a feature imports or reads from its folder. */
const FEATURE_ASSET = /^features\/.+\.(json|html|css|mjs)$/;

/** @throws an error with the file and the line of a source that cannot be parsed. */
export async function compile(root) {
  const out = join(root, 'dist');
  const files = listSources(root).filter((file) => file.endsWith('.ts'));
  // All of it is compiled before the old files are removed: after an error they are still there.
  const compiled = await Promise.all(files.map((file) => compileFile(root, file)));
  rmSync(out, { recursive: true, force: true });
  for (const { file, code, map } of compiled) writeCompiled({ path: join(out, file), code, map });
  for (const file of [...IMPORTED, ...listAssets(root)]) cpSync(join(root, file), join(out, file));
}

/** The files that nest-cli.json names, relative to its source folder, and those of the features. */
function listAssets(root) {
  const { sourceRoot, compilerOptions } = readJson(root, 'nest-cli.json');
  const patterns = compilerOptions.assets.map((pattern) => `${sourceRoot}/${pattern}`);
  const features = listSources(root).filter((file) => FEATURE_ASSET.test(file));
  return [...globSync(patterns, { cwd: root }), ...features];
}

function readJson(root, file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

async function compileFile(root, file) {
  const { transformFile } = createRequire(import.meta.url)('@swc/core');
  const options = {
    cwd: root,
    configFile: join(root, '.swcrc'),
    sourceMaps: true,
    inlineSourcesContent: false,
    sourceFileName: relative(dirname(join('dist', file)), file),
  };
  const { code, map } = await transformFile(join(root, file), options);
  return { file: file.replace(/\.ts$/, '.js'), code, map };
}

function writeCompiled({ path, code, map }) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${code}\n//# sourceMappingURL=${basename(path)}.map\n`);
  writeFileSync(`${path}.map`, map);
}
