import { join } from 'node:path';
import { DATA_DIRECTORY } from '../../runtime/settings/development';
import type { Part } from '../foreground/foreground';
import { startService } from '../services/service';
import { say } from '../services/start-log';

/** The type checker of TypeScript in watch mode. It prints its findings and changes no file of the project. */
export function startTypeCheck(root: string): Part {
  return startService({
    name: 'The check of the types',
    command: [require.resolve('typescript/bin/tsc'), ...optionsFor(root)],
    env: process.env,
    flags: [],
    // The restart of a process goes first.
    isLessUrgent: true,
    onLine: (line) => {
      const text = line.trim();
      if (text !== '' && !isProgress(text)) say(`types ${text}`);
    },
  });
}

function optionsFor(root: string): string[] {
  const project = ['--project', join(root, 'tsconfig.build.json')];
  const kept = ['--incremental', '--tsBuildInfoFile', join(DATA_DIRECTORY, 'types.tsbuildinfo')];
  return [...project, ...kept, '--noEmit', '--watch', '--preserveWatchOutput'];
}

function isProgress(text: string): boolean {
  return /Starting compilation|File change detected/.test(text);
}
