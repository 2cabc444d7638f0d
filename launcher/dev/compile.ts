import { transformFileSync } from '@swc/core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** @returns the error of each file that does not compile. */
export function findCompileErrors(root: string, files: string[]): string[] {
  return files
    .filter((file) => file.endsWith('.ts') && existsSync(join(root, file)))
    .flatMap((file) => {
      try {
        transformFileSync(join(root, file), { cwd: root });
        return [];
      } catch (error) {
        return [`${file} does not compile:\n${withoutStack(error as Error)}`];
      }
    });
}

/** The compiler adds its own stack to the message. */
function withoutStack({ message }: Error): string {
  return message.split('\n\nCaused by:')[0]!.trimEnd();
}
