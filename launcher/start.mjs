// The entry point of `npm start` and `npm run database`. Plain JavaScript for old versions of Node,
// because it runs before the build. It loads dist/launcher/<command>.js in the same process.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

await import('./build.mjs');
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const command = process.argv[2] ?? 'start';
await import(pathToFileURL(join(root, 'dist', 'launcher', `${command}.js`)).href);
