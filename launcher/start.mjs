// The entry point of `npm start` and `npm run database`. Plain JavaScript for old versions of Node,
// because it runs before the build. It loads dist/launcher/<command>.js in the same process.
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const COMMANDS = { start: 'npm start', database: 'npm run database' };
const [command = 'start', ...words] = process.argv.slice(2);
const isKnown = Object.hasOwn(COMMANDS, command);
const unknown = isKnown ? words : [command, ...words];
if (unknown.length > 0) {
  const name = isKnown ? COMMANDS[command] : COMMANDS.start;
  console.error(`\`${name}\` takes no argument ${unknown.join(' ')}. Settings: docs/settings.md.`);
  process.exit(1);
}
await import('./build.mjs');
const root = dirname(dirname(fileURLToPath(import.meta.url)));
// The next start, here and in the processes, does not compile the same code again.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compile');
module.enableCompileCache();
await import(pathToFileURL(join(root, 'dist', 'launcher', `${command}.js`)).href);
