import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Spectral, type RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** One finding in a document: rule, place and text. */
export interface Finding {
  linter: 'redocly' | 'spectral';
  rule: string;
  place: string;
  message: string;
}

/** Findings of the recommended rules of Redocly and Spectral, warnings included. */
export async function lintDocument(file: string): Promise<Finding[]> {
  const source = await readFile(file, 'utf8');
  return [...(await lintWithRedocly(file, source)), ...(await lintWithSpectral(source))];
}

async function lintWithRedocly(file: string, source: string): Promise<Finding[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source, absoluteRef: resolve(file), config });
  return problems.map(({ ruleId, message, location }) => ({
    linter: 'redocly',
    rule: ruleId,
    place: location[0]?.pointer ?? '#/',
    message,
  }));
}

async function lintWithSpectral(source: string): Promise<Finding[]> {
  const spectral = new Spectral();
  spectral.setRuleset({ extends: [[oas, 'recommended']] } as RulesetDefinition);
  const results = await spectral.run(JSON.parse(source) as Record<string, unknown>);
  return results.map(({ code, message, path }) => ({
    linter: 'spectral',
    rule: String(code),
    place: `#/${path.join('/')}`,
    message,
  }));
}
