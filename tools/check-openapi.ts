import { lintDocument } from './lint-openapi';

const DOCUMENTS = ['openapi.json', 'openapi-auth.json', 'openapi-all.json'];

/**
 * Lints the exported documents; every finding fails, warnings included. Runs in the root of the
 * project.
 */
async function main(): Promise<void> {
  for (const file of DOCUMENTS) {
    const findings = await lintDocument(file);
    console.log(`${file}: ${findings.length} findings`);
    for (const { linter, rule, place, message } of findings) {
      console.error(`  ${linter} ${rule} at ${place}\n    ${message}`);
    }
    if (findings.length > 0) process.exitCode = 1;
  }
}

void main();
